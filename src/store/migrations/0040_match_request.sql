-- A change of matches that takes more units from items than one person may: it waits for a second one. What it would change is kept as it was seen.
create table match_request (
  store_id int not null references store,
  request_id bigint generated always as identity,
  matches jsonb not null,                  -- [{warehouseId, sku, itemId, version}]
  units int not null,                      -- that would stop counting as the item they count as
  state text not null default 'waits' check (state in ('waits', 'approved', 'withdrawn', 'overtaken')),
  asked_at timestamptz not null, asked_by text not null,
  decided_at timestamptz, decided_by text,
  primary key (store_id, request_id)
);
create index match_request_waits on match_request (store_id) where state = 'waits';
