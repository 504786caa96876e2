-- The house. Every table of a store's data leads its key with store_id, shared masters with org_id, so that partitioning,
-- row-level security or a distributed PostgreSQL can follow. Nothing here calls now() or makes ids of its own for facts: time comes as an argument.
-- Shopify ids are bigint on disk and strings everywhere else. Quantities are whole units, money is minor units.

create table org (
  org_id int primary key,
  name text not null
);
insert into org values (1, 'Instep');

create table store (
  store_id int generated always as identity primary key,
  org_id int not null references org default 1,
  shop_domain text not null unique,
  name text not null,
  currency char(3) not null,
  time_zone text not null,
  created_at timestamptz not null,
  -- First day that sales history covers; history_truncated says the wall was Shopify's (no read_all_orders), not the shop's birth.
  history_from date,
  history_truncated boolean not null default false,
  imported_at timestamptz
);

create table connection (
  store_id int primary key references store,
  origin text,                       -- another address than https://{shop}: the sandbox
  client_id text not null,
  client_secret bytea not null,      -- sealed (AES-256-GCM), as every secret
  access_token bytea,
  access_token_expires_at timestamptz,
  scopes text[] not null default '{}',
  hook_token text not null unique,   -- part of the webhook address, so a valid signature of one store cannot speak for another
  status text not null default 'new' check (status in ('new', 'ok', 'failing', 'dead')),
  checked_at timestamptz,
  last_error text
);

-- One cost bucket per shop, shared by every worker.
create table shop_bucket (
  store_id int primary key references store,
  available double precision not null,
  maximum double precision not null,
  restore_rate double precision not null,
  at timestamptz not null
);

create table location (
  store_id int not null references store,
  location_id int generated always as identity unique,
  shopify_location_id bigint not null,
  name text not null,
  is_active boolean not null,
  authority text not null default 'storefront' check (authority in ('storefront', 'warehouse')),
  updated_at timestamptz not null,
  primary key (store_id, location_id),
  unique (store_id, shopify_location_id)
);

create table item (
  org_id int not null references org default 1,
  item_id int generated always as identity unique,
  sku text,
  title text not null,
  barcode text,
  vendor text,
  product_type text,
  unit_cost bigint,
  currency char(3),
  primary key (org_id, item_id)
);

create table inventory_item (
  store_id int not null references store,
  shopify_inventory_item_id bigint not null,
  item_id int not null references item (item_id),
  tracked boolean not null,
  unit_cost bigint,
  updated_at timestamptz not null,
  primary key (store_id, shopify_inventory_item_id)
);
create index on inventory_item (item_id);

create table variant (
  store_id int not null references store,
  shopify_variant_id bigint not null,
  shopify_product_id bigint not null,
  shopify_inventory_item_id bigint not null,
  sku text,
  title text not null,
  barcode text,
  price bigint,
  product_status text not null,
  continues_selling boolean not null default false,
  is_bundle boolean not null default false,
  deleted_at timestamptz,
  updated_at timestamptz not null,
  primary key (store_id, shopify_variant_id)
);
create index on variant (store_id, shopify_inventory_item_id);
create index on variant (store_id, sku);

create table bundle_component (
  store_id int not null,
  bundle_variant_id bigint not null,
  component_variant_id bigint not null,
  quantity int not null check (quantity > 0),
  primary key (store_id, bundle_variant_id, component_variant_id)
);

-- What Shopify last said about a level, newest wins per quantity read.
create table observed_level (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  available int not null,
  available_at timestamptz not null,
  on_hand int, committed int, reserved int, damaged int, safety_stock int, quality_control int, incoming int,
  full_at timestamptz,               -- when all states were last read together
  is_active boolean not null default true,
  primary key (store_id, item_id, location_id)
);

-- The cut: facts about this level up to as_of are inside its opening count.
create table opening (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  as_of timestamptz not null,
  primary key (store_id, item_id, location_id)
);

-- Append-only, double entry: quantity goes from one account to another. An account is (item, place, state); place 0 is an outside
-- party (supplier, customer, shrinkage, opening, unknown). (fact, revision) is the unique cause: hearing a fact twice posts once, and a fact
-- whose value changes is followed by the difference under the next revision.
create table movement (
  store_id int not null,
  movement_id bigint generated always as identity,
  item_id int not null,
  kind text not null,
  from_location int not null, from_state text not null,
  to_location int not null, to_state text not null,
  quantity int not null check (quantity <> 0),
  fact text not null,
  revision int not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  source text not null,
  primary key (store_id, movement_id)
);
create unique index movement_cause on movement (store_id, fact, revision);
create index movement_item on movement (store_id, item_id, movement_id);

create table balance (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  state text not null,
  quantity int not null,
  updated_at timestamptz not null,
  primary key (store_id, item_id, location_id, state)
) with (fillfactor = 80);

-- An order as the join of everything heard about it (domain/orders/order-state.ts); a lattice, so arrival order cannot matter.
create table sales_order (
  store_id int not null,
  order_id bigint not null,
  name text not null,
  processed_at timestamptz,
  updated_at timestamptz not null,
  is_open boolean not null,          -- some tracked units are neither fulfilled nor released
  needs_place boolean not null,      -- some units have no location yet: fulfilment orders are to be read
  place_attempts int not null default 0,
  place_after timestamptz,
  state jsonb not null,
  primary key (store_id, order_id)
);
create index sales_order_place on sales_order (store_id, place_after) where needs_place;
create index sales_order_open on sales_order (store_id, updated_at) where is_open;
create index sales_order_updated on sales_order (store_id, updated_at);

create table demand_fact (
  store_id int not null,
  fact text not null,
  item_id int not null,
  location_id int not null,          -- 0 while unknown
  day date not null,
  kind text not null check (kind in ('sale', 'return')),
  quantity int not null,
  order_id bigint not null,
  primary key (store_id, fact)
);
create index demand_fact_item on demand_fact (store_id, item_id, day);

create table daily_demand (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  day date not null,
  quantity int not null default 0,   -- gross: ordered less withdrawn by the customer
  returned int not null default 0,
  primary key (store_id, item_id, location_id, day)
);

-- End-of-day share of trading time in stock, known from the day Instep watched the level.
create table daily_exposure (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  day date not null,
  in_stock real not null check (in_stock between 0 and 1),
  reconstructed boolean not null default false,
  primary key (store_id, item_id, location_id, day)
);

create table forecast_run (
  store_id int not null,
  run_id bigint not null,
  as_of date not null,
  horizon int not null,
  series int not null,
  finished_at timestamptz,
  wape real, bias real,
  primary key (store_id, run_id)
);

create table forecast (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  run_id bigint not null,
  method text not null,
  mean real[] not null,                -- per day, from as_of + 1
  levels real[] not null,              -- quantile levels
  cumulative real[] not null,          -- levels × horizon, row by row: quantiles of the total up to each day
  daily real[] not null,               -- levels × horizon: quantiles of each day
  wape real, rmsse real, bias real, coverage real,
  flags text[] not null,
  trained_from date not null, trained_to date not null, censored_days int not null,
  primary key (store_id, item_id, location_id, run_id)
);

create table planning_policy (
  store_id int not null,
  scope text not null,                 -- 'default', 'vendor:<name>', 'item:<id>' or 'item:<id>@<location>'
  lead_time_days int, review_days int, service_level real, moq int, case_pack int, min_stock int, max_stock int,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (store_id, scope)
);

create table recommendation (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  run_id bigint not null,
  quantity int not null,
  urgency int not null,                -- days until the order must be placed; negative is late
  order_by date, stockout_p50 date, stockout_p10 date,
  cover_days real,
  need real not null,
  overstock int not null default 0,
  cost bigint,                         -- minor units of the store's currency
  abc char(1),
  detail jsonb not null,               -- policy with sources, position, waterfall terms
  computed_at timestamptz not null,
  primary key (store_id, item_id, location_id)
);

create table drift (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  state text not null,
  ledger int not null,
  observed int not null,
  difference int not null,
  causes jsonb not null,               -- [{cause, units, evidence}], units sum to difference
  first_seen timestamptz not null,
  checked_at timestamptz not null,
  primary key (store_id, item_id, location_id, state)
);

create table exception (
  store_id int not null,
  exception_id bigint generated always as identity,
  kind text not null,
  fingerprint text not null,
  severity smallint not null,
  owner text not null,
  subject text not null,
  sentence text not null,
  evidence jsonb not null default '{}',
  item_id int, location_id int,
  occurrences int not null default 1,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  due_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'snoozed', 'resolved', 'ignored')),
  assigned_to text,
  snoozed_until timestamptz,
  resolved_at timestamptz,
  reason text,
  regressions int not null default 0,
  primary key (store_id, exception_id),
  unique (store_id, fingerprint)
);
create index exception_open on exception (store_id, state, due_at);

-- Received facts. The raw body is kept as it came (its signature can be checked again); applied rows stay until retention.
create table inbox (
  inbox_id bigint generated always as identity primary key,
  store_id int not null,
  webhook_id text not null,
  event_id text,
  topic text not null,
  triggered_at timestamptz,
  received_at timestamptz not null,
  body bytea not null,
  state smallint not null default 0,   -- 0 waiting, 1 applied, 2 ignored, 3 dead letter
  reason text,
  settled_at timestamptz,
  unique (store_id, webhook_id)
);
alter table inbox alter column body set storage external;
create index inbox_waiting on inbox (inbox_id) where state = 0;
create index inbox_received on inbox (store_id, received_at);

create table flow_run (
  store_id int not null,
  run_id bigint generated always as identity,
  flow text not null,
  trigger text not null,
  state text not null check (state in ('running', 'done', 'failed', 'interrupted')),
  stage text,
  done int not null default 0,
  total int,
  input int not null default 0,
  applied int not null default 0,
  unchanged int not null default 0,
  skipped jsonb not null default '{}',
  failed jsonb not null default '{}',
  detail jsonb not null default '{}',
  error text,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null,
  finished_at timestamptz,
  primary key (store_id, run_id)
);
create index flow_run_latest on flow_run (store_id, flow, run_id desc);

create table cursor (
  store_id int not null,
  name text not null,
  value text not null,
  updated_at timestamptz not null,
  primary key (store_id, name)
);

create table digest (
  store_id int not null,
  day date not null,
  verdict text not null,
  lines jsonb not null,
  composed_at timestamptz not null,
  acknowledged_by text, acknowledged_at timestamptz,
  primary key (store_id, day)
);

create table app_user (
  user_id int generated always as identity primary key,
  email text not null unique,
  name text not null,
  role text not null check (role in ('admin', 'ecommerce', 'planner', 'warehouse', 'finance', 'viewer')),
  password_hash text not null,
  created_at timestamptz not null,
  disabled_at timestamptz
);

create table app_session (
  token_hash bytea primary key,
  user_id int not null references app_user,
  created_at timestamptz not null,
  last_seen timestamptz not null,
  expires_at timestamptz not null
);

create table setup_token (
  token_hash bytea primary key,
  expires_at timestamptz not null
);

create table login_failure (
  account text not null,
  at timestamptz not null
);
create index on login_failure (account, at);

create table audit_event (
  audit_id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  subject text not null,
  before jsonb, after jsonb
);
