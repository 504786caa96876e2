-- More kinds of planning policy, of more scopes; recommendations as numbers, their words made when they are read; planners' decisions on the worklist.

alter table planning_policy
  add column kind text check (kind in ('cycle service', 'fill rate', 'cost ratio', 's,Q', 'min/max', 'planner parity', 'planner parity floored')),
  add column fill_rate real,
  add column cost_ratio real,              -- critical ratio; null: from price and cost
  add column reorder_point int, add column order_quantity int, add column days_of_stock int,
  add column end_of_life date,             -- last day it is sold
  add column last_order date,              -- last day the supplier takes an order
  add column version int not null default 1;
comment on column planning_policy.scope is 'default, class:<A|B|C>, vendor:<name>, item:<id> or item:<id>@<location>';

-- A recommendation is computed anew within the hour; what is kept of it changes shape.
delete from recommendation;
alter table recommendation drop column detail,
  add column facts text not null,          -- the numbers of the waterfall, the policy and who said each of its values: domain/replenishment/facts.ts
  add column supplier_id int,              -- whom it is bought from; null: nobody is preferred
  add column unit_cost bigint, add column currency char(3) not null, -- minor units; cost is quantity × unit cost of the same currency
  add column at_risk real not null default 0,      -- units expected to be lost if nothing is ordered until the next review
  add column at_risk_value bigint,                 -- … in minor units of the store's currency
  add column by_rule boolean not null default false; -- there is no forecast
alter table recommendation alter column facts set storage external;

-- The last plan of a store: rows that did not change keep the time they were written, so the plan has its own.
create table plan (
  store_id int primary key references store,
  run_id bigint,                           -- of the forecast; null: none yet
  planned_on date not null,
  computed_at timestamptz not null,
  changed int not null                     -- rows written
);

-- What a planner decided of a line: another quantity, not at all, or not now. One at a time; what was before is in the audit.
create table plan_decision (
  store_id int not null references store,
  item_id int not null,
  location_id int not null,
  decision text not null check (decision in ('quantity', 'excluded', 'snoozed')),
  quantity int check (quantity >= 0),      -- of 'quantity'
  until date,                              -- the last day it holds; null: until it is taken away
  reason text not null,
  recommended int not null,                -- what was recommended when it was decided
  version int not null default 1,
  decided_at timestamptz not null, decided_by text not null,
  primary key (store_id, item_id, location_id)
);

-- Quantiles of totals as the bytes of their single-precision numbers (big-endian, levels × days, row by row): a hundred thousand forecasts are read for every
-- plan, and printing an array number by number took more than all the rest of it.
alter table forecast rename column cumulative to cumulative_numbers;
alter table forecast add column cumulative bytea;
alter table forecast alter column cumulative set storage external;
update forecast f set cumulative = (select string_agg(float4send(v), ''::bytea order by n) from unnest(f.cumulative_numbers) with ordinality as u(v, n));
alter table forecast alter column cumulative set not null;
alter table forecast drop column cumulative_numbers;
