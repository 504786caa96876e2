-- Inventory Planner beside us: one connection a store, how its places and variants are ours, the figures of its last sync, the orders both sides keep,
-- what was written to it and when, and what its files last said.

create table planner_connection (
  store_id int primary key references store,
  origin text not null,
  account text not null,
  api_key bytea not null,                  -- sealed
  version int not null default 1,
  sends_orders boolean not null default true,
  takes_orders boolean not null default true,
  pushes_stock boolean not null default true,          -- whether a receipt there raises Shopify's stock: assumed until somebody says it does not
  floors_in_lead_time boolean not null default false,
  forecast_days int not null default 30 check (forecast_days between 1 and 730),
  returns_on text not null default 'order day' check (returns_on in ('order day', 'return day')),
  status_types jsonb not null default '{}',            -- its names of statuses → active, draft, closed, cancelled, where people had to say
  unknown_statuses text[] not null default '{}',       -- seen at the last exchange, explained by nobody
  files_token text not null unique,                    -- part of the permanent addresses of the starter files
  files_user text, files_password bytea,               -- sealed; HTTP basic auth, when wanted
  sftp jsonb, sftp_secret bytea,                       -- sealed; where the advanced files go
  files_sent_at timestamptz,
  status text not null default 'new' check (status in ('new', 'ok', 'failing')),
  checked_at timestamptz, last_error text,
  exchanged_at timestamptz,                            -- the last exchange that came to its end
  created_at timestamptz not null, updated_at timestamptz not null, updated_by text not null
);

create table planner_warehouse (
  store_id int not null,
  planner_warehouse_id text not null,
  name text not null,
  kind text not null check (kind in ('warehouse', 'combined', 'own')),
  is_disabled boolean not null,
  currency text,
  location_id int,                         -- null: not ours, or nobody has said
  matched_by text not null default 'nobody' check (matched_by in ('same id', 'by hand', 'nobody')),
  synced_at timestamptz,
  seen_at timestamptz not null,
  primary key (store_id, planner_warehouse_id)
);
create unique index planner_warehouse_location on planner_warehouse (store_id, location_id) where location_id is not null;

create table planner_variant (
  store_id int not null,
  planner_variant_id text not null,
  sku text, title text not null,
  item_id int,
  matched_by text not null check (matched_by in ('same id', 'same SKU', 'nobody')),
  seen_at timestamptz not null,
  primary key (store_id, planner_variant_id)
);
create index planner_variant_item on planner_variant (store_id, item_id, seen_at desc);

-- As of its last read; replaced whole by the next.
create table planner_figure (
  store_id int not null,
  planner_variant_id text not null,
  planner_warehouse_id text not null,
  in_stock int not null, on_order int not null,
  replenishment double precision not null, to_order int,
  lead_time_days double precision, cover_days double precision, minimum_stock double precision, forecast_per_day double precision,
  method text,
  read_at timestamptz not null,
  primary key (store_id, planner_variant_id, planner_warehouse_id)
);

-- Shadow mode: our number beside theirs, and the steps that lead from one to the other.
create table planner_shadow (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  ours int,                                -- null: no recommendation
  theirs int not null, parity int not null, gap int not null,
  reasons jsonb not null,                  -- [{reason, units, sentence}], units sum to the gap
  synced_at timestamptz,
  computed_at timestamptz not null,
  primary key (store_id, item_id, location_id)
);

-- A purchase order that both sides keep.
create table planner_order (
  store_id int not null,
  purchase_order_id int not null,
  direction text not null check (direction in ('out', 'in')),   -- whose it was first
  planner_id text,                         -- null: not there yet, as far as we know
  state text not null default 'waiting' check (state in ('waiting', 'linked', 'refused', 'conflict', 'gone')),
  sent_digest text,                        -- of what we last told
  seen_digest text,                        -- of what it last showed
  planner_status text,                     -- its own name, verbatim
  is_readonly boolean not null default false,
  message text,
  attempts int not null default 0, not_before timestamptz,
  updated_at timestamptz not null,
  primary key (store_id, purchase_order_id),
  unique (store_id, planner_id)
);

create table planner_order_line (
  store_id int not null,
  purchase_order_id int not null,
  item_id int not null,
  planner_variant_id text not null,
  agreed int not null default 0,           -- units received when both sides last showed the same
  primary key (store_id, purchase_order_id, item_id)
);

-- One row a write, committed before the call: after a crash or a lost answer it says what to look for.
create table planner_attempt (
  store_id int not null,
  attempt_id bigint generated always as identity,
  purchase_order_id int not null,
  what text not null check (what in ('order', 'change', 'receipt')),
  payload jsonb not null,
  created_at timestamptz not null,
  settled_at timestamptz,
  outcome text check (outcome in ('done', 'found', 'refused', 'unknown')),
  message text,
  primary key (store_id, attempt_id)
);
create index planner_attempt_order on planner_attempt (store_id, purchase_order_id, attempt_id);

-- Who raises Shopify's stock for a receipt that came from the planner: never both.
create table planner_receipt (
  store_id int not null,
  goods_receipt_id int not null,
  planner_raises_stock boolean not null,
  primary key (store_id, goods_receipt_id)
);

-- What the advanced files last said of a row, so that only what changed is said again and what left is said to be removed.
create table planner_file_row (
  store_id int not null,
  file text not null,
  key text not null,
  digest text not null,
  removed boolean not null default false,
  row jsonb not null,
  primary key (store_id, file, key)
);
