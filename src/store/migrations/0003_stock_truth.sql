-- Stock truth: warehouses as authority, stock pushed by compare-and-set, bundles, orders out, fulfilments, returns, counts.
-- A warehouse belongs to the organisation and may feed locations of several stores; what it says is kept per warehouse, what is pushed per store.

create table warehouse (
  org_id int not null references org default 1,
  warehouse_id int generated always as identity unique,
  name text not null,
  connector text not null check (connector in ('warehouse-rest', 'warehouse-files', 'tryton')),
  settings jsonb not null default '{}',    -- the connector's own, without secrets
  secret bytea,                            -- sealed; of what the connector signs or signs in with
  previous_secret bytea,                   -- still accepted while it is being replaced
  hook_token text not null unique,         -- part of the address the warehouse sends to
  status text not null default 'new' check (status in ('new', 'ok', 'failing')),
  checked_at timestamptz,
  last_error text,
  cursor text,                             -- how far its messages are stored
  heard_at timestamptz,
  created_at timestamptz not null,
  primary key (org_id, warehouse_id)
);

alter table location add column warehouse_id int references warehouse (warehouse_id);
alter table location add constraint warehouse_authority_names_its_warehouse check (authority = 'storefront' or warehouse_id is not null);
-- One location a store: Shopify adds its locations up, so two of them on one shelf would promise it twice.
create unique index location_warehouse on location (warehouse_id, store_id) where warehouse_id is not null;

-- How a location is written. The row is the allow-list: no row, no write.
create table push_policy (
  store_id int not null,
  location_id int not null,
  mode text not null default 'off' check (mode in ('off', 'shadow', 'live')),
  paused boolean not null default false,
  first_push_cap int not null default 50 check (first_push_cap >= 0),   -- units one level may change by before a person has released it
  live_since timestamptz,
  buffer_quantile double precision not null default 0.99 check (buffer_quantile >= 0.5 and buffer_quantile < 1),
  peak_quantile double precision not null default 0.9999 check (peak_quantile >= 0.5 and peak_quantile < 1),
  peak_until timestamptz,
  buffer_cap_units int check (buffer_cap_units >= 0),
  buffer_cap_share double precision not null default 0.2 check (buffer_cap_share between 0 and 1),   -- of sellable units on the shelf
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (store_id, location_id)
);

-- The warehouse's own code of an item. Keyed on its code, so that a rename in Shopify changes nothing.
create table warehouse_sku (
  org_id int not null default 1,
  warehouse_id int not null,
  sku text not null,
  item_id int,                             -- null: nobody said yet; its stock is kept all the same
  matched_by text not null check (matched_by in ('same SKU', 'by hand', 'nobody')),
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, warehouse_id, sku)
);
create index warehouse_sku_item on warehouse_sku (warehouse_id, item_id);

-- What stands on the shelf: the last count, and what happened since (fold of warehouse_change after counted_at).
create table warehouse_stock (
  org_id int not null default 1,
  warehouse_id int not null,
  sku text not null,
  item_id int,
  counted_on_hand int not null default 0,
  counted_unsellable int not null default 0,
  counted_at timestamptz not null default '-infinity',
  on_hand int not null default 0,
  unsellable int not null default 0,
  updated_at timestamptz not null,
  primary key (org_id, warehouse_id, sku)
);
create index warehouse_stock_item on warehouse_stock (warehouse_id, item_id);

-- Every change a warehouse told of, append-only; a document's effect on the shelf is one change per SKU under the document's cause.
create table warehouse_change (
  org_id int not null default 1,
  warehouse_id int not null,
  cause text not null,                     -- 'change/17', 'shipment/S-9:line/2'
  sku text not null,
  kind text not null check (kind in ('adjusted', 'shipped', 'received', 'returned', 'counted')),
  on_hand_change int not null,
  unsellable_change int not null default 0,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  reason text,
  primary key (org_id, warehouse_id, cause, sku)
);
create index warehouse_change_sku on warehouse_change (warehouse_id, sku, occurred_at);

-- Documents as the warehouse sent them, stored before they are acknowledged; applied in batches.
create table warehouse_document (
  org_id int not null default 1,
  document_id bigint generated always as identity,
  warehouse_id int not null,
  type text not null,
  id text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  body jsonb not null,
  state smallint not null default 0,       -- 0 waiting, 1 applied, 2 ignored, 3 parked
  reason text,
  settled_at timestamptz,
  primary key (org_id, document_id),
  unique (warehouse_id, type, id)
);
create index warehouse_document_waiting on warehouse_document (document_id) where state = 0;

-- Rows and messages nobody could read, as they came.
create table warehouse_reject (
  org_id int not null default 1,
  reject_id bigint generated always as identity primary key,
  warehouse_id int not null,
  place text not null,
  field text,
  message text not null,
  raw text not null,
  received_at timestamptz not null,
  settled_at timestamptz,
  unique (warehouse_id, place, message)
);

-- One stock, several stores: how an item's units are shared; item 0 is the warehouse's default. No row: one pool for all.
create table stock_sharing (
  org_id int not null default 1,
  warehouse_id int not null,
  item_id int not null default 0,
  mode text not null check (mode in ('pool', 'split', 'priority')),
  shares jsonb not null default '[]',      -- split: [{storeId, percent}]; priority: [{storeId, reserve}] in rank order
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (org_id, warehouse_id, item_id)
);

-- One row a level that Instep may write. dirty_version counts reasons to look again; seen_version is what the last look had read before it began,
-- so that a change heard during a look is never cleared by it.
create table push_level (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  warehouse_id int not null,
  dirty_version bigint not null default 1,
  seen_version bigint not null default 0,
  dirty_at timestamptz not null,
  not_before timestamptz,
  reread boolean not null default false,   -- Shopify must be read before the next set
  wanted int,
  arithmetic jsonb,
  pushed int, pushed_at timestamptz,
  confirmed int, confirmed_at timestamptz,
  state text not null default 'queued' check (state in ('in step', 'queued', 'sent', 'written', 'held', 'quarantined', 'conflict', 'shadow', 'not written')),
  reason text,
  strikes int not null default 0,
  released boolean not null default false, -- a person let a first push above the cap pass
  primary key (store_id, item_id, location_id)
);
create index push_level_dirty on push_level (store_id, dirty_at) where dirty_version > seen_version;
create index push_level_warehouse on push_level (warehouse_id, item_id);
create index push_level_state on push_level (store_id, state);

-- One call to Shopify, written and committed before it is made. Its key is reused verbatim until the outcome is definite.
create table push_attempt (
  store_id int not null,
  attempt_id bigint generated always as identity,
  idempotency_key uuid not null,
  state text not null default 'open' check (state in ('open', 'written', 'refused', 'stale', 'abandoned')),
  created_at timestamptz not null,
  leased_until timestamptz,
  sends int not null default 0,
  settled_at timestamptz,
  dirty_since timestamptz,                 -- of its oldest reason: settled_at − this is how long a change took
  outcome text,
  primary key (store_id, attempt_id)
);
create index push_attempt_settled on push_attempt (store_id, settled_at);
create index push_attempt_open on push_attempt (store_id, attempt_id) where state = 'open';

create table push_attempt_row (
  store_id int not null,
  attempt_id bigint not null,
  item_id int not null,
  location_id int not null,
  from_quantity int,                       -- null only in an operator's audited repair
  to_quantity int not null,
  dirty_version bigint not null,
  arithmetic jsonb not null,
  state text not null default 'open' check (state in ('open', 'written', 'stale', 'refused', 'abandoned')),
  message text,
  primary key (store_id, attempt_id, item_id, location_id)
);
create unique index push_attempt_row_open on push_attempt_row (store_id, item_id, location_id) where state = 'open';
create index push_attempt_row_level on push_attempt_row (store_id, item_id, location_id, attempt_id desc);

-- Stock changes Instep owns at storefront-authority locations: goods receipt, accepted return, approved count. A delta, once each by its cause.
create table stock_adjustment (
  store_id int not null,
  adjustment_id bigint generated always as identity,
  cause text not null,
  item_id int not null,
  location_id int not null,
  state_name text not null default 'available',
  delta int not null check (delta <> 0),
  reason text not null,                    -- Shopify's word for it
  sentence text not null,
  idempotency_key uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'written', 'parked')),
  created_at timestamptz not null,
  first_sent_at timestamptz,
  leased_until timestamptz,
  attempts int not null default 0,
  not_before timestamptz,
  written_at timestamptz,
  message text,
  primary key (store_id, adjustment_id),
  unique (store_id, cause)
);
create index stock_adjustment_due on stock_adjustment (store_id, adjustment_id) where state in ('waiting', 'sent');

-- Virtual bundles: a Shopify variant that is sold and never kept. Versions by the day they take effect; an order uses the version of its moment.
create table bundle_version (
  store_id int not null,
  variant_id bigint not null,
  effective_from timestamptz not null,
  effective_to timestamptz,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (store_id, variant_id, effective_from)
);
create table bundle_part (
  store_id int not null,
  variant_id bigint not null,
  effective_from timestamptz not null,
  component_variant_id bigint not null,
  quantity int not null check (quantity > 0 and quantity <= 2000),
  primary key (store_id, variant_id, effective_from, component_variant_id),
  foreign key (store_id, variant_id, effective_from) references bundle_version on delete cascade
);
create index bundle_part_component on bundle_part (store_id, component_variant_id);

-- What orders want of the shelf, per order line and kept item (components of bundles each in their own row), at locations a warehouse serves.
-- Replaced whole whenever an order is settled. Rows of shipped lines stay a while: the shelf may not know of the shipment yet.
create table order_demand (
  store_id int not null,
  order_id bigint not null,
  line_id bigint not null,
  item_id int not null,
  location_id int not null,
  via_bundle boolean not null,
  open int not null,                       -- units of the item, neither fulfilled nor released
  fulfilled int not null,                  -- units of the item fulfilled in Shopify from this location
  fulfilled_at timestamptz,                -- of the last of them
  ordered_at timestamptz,
  primary key (store_id, order_id, line_id, item_id, location_id)
);
create index order_demand_item on order_demand (store_id, item_id, location_id);

-- An order's part at one warehouse-authority location: what was sent, what the warehouse knows.
create table order_out (
  store_id int not null,
  order_id bigint not null,
  location_id int not null,
  warehouse_id int not null,
  reference text not null,
  order_name text not null,
  version int not null default 1,          -- of the lines wanted now
  sent_version int not null default 0,     -- of the lines the warehouse was last told of
  lines jsonb not null,                    -- [{lineReference, lineId, itemId, sku, quantity}], component lines, totals with what has left already
  held boolean not null default false,     -- its fulfilment order is on hold in Shopify: not to be picked
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'acknowledged', 'cancelling', 'cancelled', 'too late', 'refused', 'unmapped', 'done')),
  warehouse_reference text,
  acknowledged_at timestamptz,
  attempts int not null default 0,
  not_before timestamptz,
  unknown_outcome boolean not null default false,   -- the last send got no answer: look before sending again
  message text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (store_id, order_id, location_id),
  unique (warehouse_id, reference)
);
create index order_out_due on order_out (warehouse_id, not_before) where state in ('waiting', 'cancelling');

-- A parcel the warehouse sent, becoming exactly one fulfilment per location in Shopify.
create table shipment (
  store_id int not null,
  shipment_id bigint generated always as identity,
  warehouse_id int not null,
  document_id text not null,
  order_id bigint not null,
  location_id int not null,
  shipped_at timestamptz not null,
  received_at timestamptz not null,
  parcels jsonb not null default '[]',
  notify boolean not null default true,
  state text not null default 'waiting' check (state in ('waiting', 'sending', 'written', 'held', 'failed', 'cancelled')),
  fulfilment_ids bigint[] not null default '{}',
  attempts int not null default 0,
  not_before timestamptz,
  leased_until timestamptz,
  unknown_outcome boolean not null default false,
  written_at timestamptz,
  reason text,
  primary key (store_id, shipment_id),
  unique (store_id, warehouse_id, document_id, order_id)
);
create index shipment_due on shipment (store_id, not_before) where state in ('waiting', 'sending', 'held');
create index shipment_order on shipment (store_id, order_id);
create table shipment_line (
  store_id int not null,
  shipment_id bigint not null,
  line_id bigint not null,
  item_id int not null,
  quantity int not null check (quantity > 0),
  primary key (store_id, shipment_id, line_id, item_id)
);

-- Returns: announced (by Shopify's return or by us), received at the door, inspected. Only accepted units become stock.
create table return_case (
  store_id int not null,
  return_id bigint generated always as identity,
  reference text not null,                 -- 'shopify/<return id>' or the warehouse's own
  name text not null,
  order_id bigint,
  warehouse_id int,
  location_id int,
  state text not null default 'announced' check (state in ('announced', 'received', 'inspected', 'closed', 'cancelled')),
  announced_at timestamptz,
  told_warehouse_at timestamptz,
  received_at timestamptz,
  inspected_at timestamptz,
  updated_at timestamptz not null,
  primary key (store_id, return_id),
  unique (store_id, reference)
);
create table return_line (
  store_id int not null,
  return_id bigint not null,
  line_key text not null,                  -- order line id, or the SKU when the warehouse names no line
  line_id bigint,
  item_id int,
  sku text,
  title text not null,
  announced int not null default 0,
  received int not null default 0,
  sellable int not null default 0,
  damaged int not null default 0,
  quarantine int not null default 0,
  scrap int not null default 0,
  primary key (store_id, return_id, line_key)
);
-- Inspections as they were made, by a person here or by the warehouse: each once, by its cause.
create table return_inspection (
  store_id int not null,
  cause text not null,
  return_id bigint not null,
  line_key text not null,
  disposition text not null check (disposition in ('sellable', 'damaged', 'quarantine', 'scrap')),
  quantity int not null check (quantity > 0),
  inspected_at timestamptz not null,
  by text not null,
  primary key (store_id, cause, line_key, disposition)
);

create table stock_count (
  store_id int not null,
  count_id bigint generated always as identity,
  location_id int not null,
  name text not null,
  state text not null default 'open' check (state in ('open', 'submitted', 'approved', 'rejected')),
  created_at timestamptz not null,
  created_by text not null,
  decided_at timestamptz,
  decided_by text,
  reason text,
  primary key (store_id, count_id)
);
create table stock_count_line (
  store_id int not null,
  count_id bigint not null,
  item_id int not null,
  counted int not null check (counted >= 0),
  expected int not null,                   -- on hand in the ledger when the line was counted
  counted_at timestamptz not null,
  counted_by text not null,
  primary key (store_id, count_id, item_id)
);

-- Read again what Shopify says of an order's returns.
alter table sales_order add column needs_returns boolean not null default false;
create index sales_order_returns on sales_order (store_id) where needs_returns;

-- How items of a further store find the organisation's items: by an identical, unique SKU, or only by hand.
alter table store add column match_items text not null default 'same SKU' check (match_items in ('same SKU', 'by hand'));
create index item_sku on item (org_id, sku);
