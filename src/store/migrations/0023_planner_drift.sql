-- The planner as the third side of the drift check: what it holds of an item at a place beside the ledger, and why the two differ.
create table planner_drift (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  measure text not null check (measure in ('stock', 'incoming')),
  ours int not null, theirs int not null,
  causes jsonb not null,                   -- of theirs − ours: [{cause, units, evidence}]
  synced_at timestamptz not null,          -- when the planner last read the shop, or was last told of orders
  first_seen timestamptz not null,
  checked_at timestamptz not null,
  primary key (store_id, item_id, location_id, measure)
);

-- What moved since the planner's sync is asked for of all levels at once. Rows are only ever added, in this order: a block range index costs next to nothing.
create index movement_recorded on movement using brin (recorded_at);
