-- What Shopify shows beside what the warehouse's shelf allows, where it differs; and repairs: proposed with the difference, approved, done, read back, reversed.
create table warehouse_drift (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  shown int not null, wanted int not null,           -- available in Shopify, and what the shelf allows
  shopify_on_hand int not null, warehouse_on_hand int not null,
  causes jsonb not null,                             -- of shown − wanted: [{cause, units, evidence}]
  shelf jsonb not null,                              -- of the two on hand: {arithmetic: [{what, units}], causes: [...]}
  first_seen timestamptz not null,
  checked_at timestamptz not null,
  primary key (store_id, item_id, location_id)
);

create table drift_repair (
  store_id int not null,
  repair_id bigint generated always as identity,
  item_id int not null,
  location_id int not null,
  way text not null check (way in ('accept Shopify', 'push ours')),
  state text not null check (state in ('waits for approval', 'sending', 'done', 'refused', 'reversing', 'reversed')),
  available_from int not null, available_to int not null, -- of the side that is changed
  committed_from int not null, committed_to int not null,
  units int not null,                                -- changed in all, which the limit is of
  reason text not null,
  idempotency_key uuid not null,
  proposed_at timestamptz not null, proposed_by text not null,
  approved_at timestamptz, approved_by text,
  settled_at timestamptz, message text,
  reversed_at timestamptz, reversed_by text,
  primary key (store_id, repair_id)
);
create unique index drift_repair_open on drift_repair (store_id, item_id, location_id) where state in ('waits for approval', 'sending', 'reversing');
alter table store add column repair_limit int not null default 100; -- units a person repairs alone; above, a second one approves
