-- Suppliers, what they sell and on which terms; purchase orders with their versions, receipts and transfers.
-- Money is minor units of the named currency, times are arguments, a document's state changes by compare-and-set on its version.

create table supplier (
  store_id int not null references store,
  supplier_id int generated always as identity unique,
  name text not null,
  vendor text,                             -- the storefront's vendor it was made from; renaming the supplier does not make a second one
  email text, contact text, address text, notes text,
  currency char(3) not null,
  lead_time_days int,                      -- as stated by the supplier; null: not said
  lead_time_tolerance_days int not null default 3,
  order_days smallint[] not null default '{}',  -- ISO weekdays (1 Monday) orders go out on; empty: any
  min_order_cost bigint,                   -- minor units of currency
  min_order_units int,
  container_volume_cm3 bigint, container_weight_g bigint,
  payment_terms text,
  active boolean not null default true,
  version int not null default 1,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (store_id, supplier_id)
);
create unique index supplier_name on supplier (store_id, lower(name));
create unique index supplier_vendor on supplier (store_id, vendor) where vendor is not null;

create table supplier_item (
  store_id int not null,
  supplier_id int not null,
  item_id int not null,
  supplier_sku text,
  unit_cost bigint,                        -- minor units of the supplier's currency; null: the item's own cost
  moq int, case_pack int,
  price_breaks jsonb not null default '[]',-- [{"from": units, "unitCost": minor units}], ascending, from > 1
  volume_cm3 bigint, weight_g bigint,      -- of one unit
  lead_time_days int,                      -- other than the supplier's
  preferred boolean not null default true, -- whom replenishment buys it from; at most one a store and item
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (store_id, supplier_id, item_id),
  foreign key (store_id, supplier_id) references supplier
);
create unique index supplier_item_preferred on supplier_item (store_id, item_id) where preferred;
create index supplier_item_item on supplier_item (store_id, item_id);

create table purchase_order (
  store_id int not null references store,
  purchase_order_id int generated always as identity unique,
  reference text not null,                 -- PO-00042; unique a store; what other systems know it by
  supplier_id int not null,
  location_id int not null,                -- where it is received
  state text not null default 'draft' check (state in ('draft', 'awaiting approval', 'approved', 'sent', 'confirmed', 'part received', 'received', 'closed', 'cancelled')),
  currency char(3) not null,
  ordered_on date,                         -- the day it was sent
  expected_on date,                        -- what the supplier promised, else stated lead time
  shipping bigint not null default 0, duty bigint not null default 0, other_cost bigint not null default 0, -- shared over the lines as landed cost
  notes text not null default '',
  origin text not null default 'instep',   -- instep, stocky, inventory-planner, csv
  external_id text,                        -- id in the system named by origin or in the connected planner
  version int not null default 1,
  created_at timestamptz not null, created_by text not null,
  made_by text[] not null default '{}',    -- everybody who made, amended or submitted it: none of them may approve it above the limit
  approved_at timestamptz, approved_by text,
  sent_at timestamptz,
  closed_at timestamptz,
  updated_at timestamptz not null,
  primary key (store_id, purchase_order_id),
  unique (store_id, reference),
  foreign key (store_id, supplier_id) references supplier
);
create unique index purchase_order_external on purchase_order (store_id, origin, external_id) where external_id is not null; -- imported or asked for once
create index purchase_order_open on purchase_order (store_id, location_id) where state not in ('closed', 'cancelled', 'received');

create table purchase_order_line (
  store_id int not null,
  purchase_order_id int not null,
  line int not null,
  item_id int not null,
  supplier_sku text,
  ordered int not null check (ordered >= 0),
  unit_cost bigint not null,               -- minor units of the order's currency, before shares of shipping and duty
  expected_on date,                        -- other than the order's
  received int not null default 0,         -- good units
  damaged int not null default 0,
  cancelled int not null default 0,        -- closed short
  recommendation jsonb,                    -- the waterfall it came from, as it was
  primary key (store_id, purchase_order_id, line),
  unique (store_id, purchase_order_id, item_id),
  foreign key (store_id, purchase_order_id) references purchase_order
);
create index purchase_order_line_item on purchase_order_line (store_id, item_id);

-- Every state a purchase order had, whole, with who changed it and why: versions are compared, never edited.
create table purchase_order_version (
  store_id int not null,
  purchase_order_id int not null,
  version int not null,
  what text not null,                      -- created, amended, submitted, approved, sent, confirmed, received, closed, cancelled, reopened
  document jsonb not null,
  said text,
  at timestamptz not null, by_whom text not null,
  primary key (store_id, purchase_order_id, version),
  foreign key (store_id, purchase_order_id) references purchase_order
);

-- What purchasing of a store is allowed to do by itself, and the next number of a purchase order.
create table purchase_setting (
  store_id int primary key references store,
  next_number int not null default 1,
  approval_limits jsonb not null default '{}', -- {"EUR": minor units}: above it another person approves; any limit set, other currencies always are
  overdue_tolerance_days int not null default 2,
  version int not null default 1,
  updated_at timestamptz not null,
  updated_by text not null
);

-- E-mails to suppliers: one a purchase order and version, sent by the flow, tried again until the server took it.
create table purchase_mail (
  store_id int not null references store,
  purchase_order_id int not null,
  version int not null,
  recipient text not null,
  words text not null default '',          -- what the buyer wrote above it
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
  attempts int not null default 0,
  not_before timestamptz,
  message text,                            -- what the mail server said when it refused
  made_at timestamptz not null, sent_at timestamptz,
  primary key (store_id, purchase_order_id, version),
  foreign key (store_id, purchase_order_id) references purchase_order
);
create index purchase_mail_waiting on purchase_mail (store_id) where state = 'waiting';

-- Units on their way are written to Shopify's `incoming` under the purchase order they belong to.
alter table stock_adjustment add column purchase_order_id int;
create index stock_adjustment_purchase on stock_adjustment (store_id, item_id) where purchase_order_id is not null;

create index stock_adjustment_refused on stock_adjustment (store_id, purchase_order_id) where state = 'parked' and purchase_order_id is not null;

-- A goods receipt is a fact: posted once by its reference, never edited; a mistake is taken back by a receipt that reverses it.
create table goods_receipt (
  store_id int not null references store,
  goods_receipt_id int generated always as identity unique,
  reference text not null,                 -- 'scan/<uuid>', 'file/<name>', 'warehouse/<id>', 'planner/<id>'
  purchase_order_id int,                   -- null: goods nobody ordered
  location_id int not null,
  received_at timestamptz not null, received_by text not null,
  reverses int,                            -- the receipt this one takes back
  writes_stock boolean not null,           -- false: the warehouse's own book has the goods, or they came in before Instep did
  note text not null default '',
  primary key (store_id, goods_receipt_id),
  unique (store_id, reference)
);
create unique index goods_receipt_reverses on goods_receipt (store_id, reverses) where reverses is not null; -- taken back once
create index goods_receipt_order on goods_receipt (store_id, purchase_order_id);

create table goods_receipt_line (
  store_id int not null,
  goods_receipt_id int not null,
  line int not null,
  item_id int not null,
  quantity int not null,                   -- good units; negative only where it reverses
  damaged int not null default 0,
  landed_unit_cost bigint,                 -- minor units of the order's currency
  primary key (store_id, goods_receipt_id, line),
  foreign key (store_id, goods_receipt_id) references goods_receipt
);

-- Stock moved between locations of one shop, written to Shopify as an inventory transfer and followed until it is received.
create table transfer (
  store_id int not null references store,
  transfer_id int generated always as identity unique,
  reference text not null,
  from_location_id int not null, to_location_id int not null,
  state text not null default 'draft' check (state in ('draft', 'ready', 'in transit', 'received', 'cancelled')),
  shopify_transfer_id bigint,
  reason text not null default '',
  message text,                            -- what Shopify said when it refused
  version int not null default 1,
  created_at timestamptz not null, created_by text not null, updated_at timestamptz not null,
  primary key (store_id, transfer_id),
  unique (store_id, reference)
);

create table transfer_line (
  store_id int not null,
  transfer_id int not null,
  line int not null,
  item_id int not null,
  quantity int not null check (quantity > 0),
  received int not null default 0,
  detail jsonb,                            -- marginal value at both ends, as it was
  primary key (store_id, transfer_id, line),
  foreign key (store_id, transfer_id) references transfer
);
