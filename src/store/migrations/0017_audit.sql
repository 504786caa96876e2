-- Audits of a shop, reports of a period with their sign-off, and suggestions for codes of warehouses with the history of every match.
create table audit_report (
  store_id int not null,
  report_id bigint generated always as identity,
  made_at timestamptz not null,
  made_by text not null,
  score int not null check (score between 0 and 100),
  gaps int not null,
  units bigint not null,
  money bigint,                              -- minor units of the store's currency
  report jsonb not null,                     -- without its gaps, which are below
  primary key (store_id, report_id)
);
create table audit_gap (
  store_id int not null,
  report_id bigint not null,
  gap_no int not null,                       -- the report's own order: by check, the dearest first
  check_id text not null,
  owner text not null,
  severity smallint not null,
  subject text not null,
  sentence text not null,
  units int not null,
  money bigint,
  item_id int,
  location_id int,
  detail jsonb not null,                     -- variantId, locationId, admin, evidence
  primary key (store_id, report_id, gap_no),
  foreign key (store_id, report_id) references audit_report on delete cascade
);

-- A period as somebody signed it: the figures are frozen; what is heard of it later shows as a difference.
create table signed_period (
  store_id int not null,
  period_id bigint generated always as identity,
  from_day date not null,
  to_day date not null check (to_day >= from_day),   -- inclusive, in the shop's calendar
  figures jsonb not null,
  digest text not null,                      -- of the figures as they were signed
  signed_at timestamptz not null,
  signed_by text not null,
  signed_role text not null,
  note text,
  primary key (store_id, period_id),
  unique (store_id, from_day, to_day)
);

-- Codes: what the warehouse calls them, where it said; ignored by a person with a reason; suggestions, best first.
alter table warehouse_sku add column title text;
alter table warehouse_sku add column barcode text;
alter table warehouse_sku add column ignored_reason text;
alter table warehouse_sku add column version int not null default 1;
alter table warehouse_sku drop constraint warehouse_sku_matched_by_check;
alter table warehouse_sku add constraint warehouse_sku_matched_by_check check (matched_by in ('same SKU', 'by hand', 'suggestion', 'nobody'));
alter table warehouse add column auto_match real check (auto_match >= 0.9 and auto_match <= 1); -- confidence from which a suggestion is taken without a person; null: never
alter table store add column product_master text not null default 'Shopify' check (product_master in ('Shopify', 'warehouse'));

create table code_suggestion (
  org_id int not null default 1,
  warehouse_id int not null,
  sku text not null,
  item_id int not null,
  confidence real not null,
  basis text not null,
  why text not null,
  computed_at timestamptz not null,
  primary key (org_id, warehouse_id, sku, item_id)
);
create table code_event (
  org_id int not null default 1,
  warehouse_id int not null,
  event_id bigint generated always as identity,
  sku text not null,
  at timestamptz not null,
  by_whom text not null,
  what text not null check (what in ('matched', 'unmatched', 'ignored', 'no longer ignored')),
  item_from int, item_to int,
  said text,
  primary key (org_id, warehouse_id, event_id)
);
create index code_event_of on code_event (org_id, warehouse_id, sku, event_id desc);
