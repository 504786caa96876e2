-- Items a person holds back from sale: their levels show nothing in Shopify until somebody lets them go, or until an instant. At most one of an item at a time.
create table held_back (
  store_id int not null references store,
  held_back_id bigint generated always as identity,
  item_id int not null references item (item_id),
  reason text not null,
  since timestamptz not null, held_by text not null,
  until timestamptz,                       -- null: until somebody lets it go
  in_peak boolean not null,                -- a peak was on when it was held back
  ended_at timestamptz, ended_by text,     -- 'time' where it ended by itself
  primary key (store_id, held_back_id),
  check ((ended_at is null) = (ended_by is null))
);
create unique index held_back_now on held_back (store_id, item_id) where ended_at is null;
