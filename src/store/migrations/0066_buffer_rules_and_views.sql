-- Buffers of some goods apart from their location's: the more specific rule wins (item, then product type, then vendor; a place before all places; in a peak before always).
create table buffer_rule (
  store_id int not null references store,
  buffer_rule_id bigint generated always as identity,
  scope text not null check (scope in ('item', 'product type', 'vendor')),
  item_id int references item (item_id),   -- of an item
  name text,                               -- of a product type or vendor, whatever its case
  location_id int,                         -- null: every location Instep writes
  in_peak boolean not null,                -- true: only while a peak is on
  quantile double precision check (quantile >= 0.5 and quantile < 1),   -- null: the location's
  at_least int not null default 0 check (at_least between 0 and 1000000),
  cap_units int check (cap_units between 0 and 1000000),                -- null: the location's
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (store_id, buffer_rule_id),
  check ((scope = 'item') = (item_id is not null) and (scope <> 'item') = (name is not null))
);
create unique index buffer_rule_of on buffer_rule (store_id, scope, coalesce(item_id, 0), lower(coalesce(name, '')), coalesce(location_id, 0), in_peak);

-- A list as somebody left it, under a name: its address and columns. Shared ones are everybody's to use, and their owner's to change.
create table saved_view (
  store_id int not null references store,
  saved_view_id bigint generated always as identity,
  page text not null,
  name text not null,
  query text not null,                     -- the address after the question mark, without what is open
  columns jsonb not null,                  -- which are hidden or shown against their usual, and the height of rows
  owner text not null,
  shared boolean not null,
  updated_at timestamptz not null,
  primary key (store_id, saved_view_id)
);
create unique index saved_view_name on saved_view (store_id, page, owner, lower(name));
