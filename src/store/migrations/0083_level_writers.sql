-- Who else writes a level that is in conflict, as Shopify's record of adjustments names them; asked again while the conflict lasts.
create table level_writer (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  asked_at timestamptz not null,
  writers jsonb not null,                  -- [{ by, times, lastAt }], the busiest first
  refused text,                            -- why Shopify did not say
  primary key (store_id, item_id, location_id),
  foreign key (store_id, item_id, location_id) references push_level on delete cascade
);
