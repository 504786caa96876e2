-- What a list of forecasts is sorted and rolled up by, taken once when the series is saved.
alter table forecast add column demand_class text;
-- In the back-test: shares of window totals within the 80 and 90 % quantiles, and pinball loss per unit.
alter table forecast add column under80 real;
alter table forecast add column under90 real;
alter table forecast add column pinball real;
alter table forecast add column mean28 real;                  -- expected units of the first 28 days
alter table forecast add column p90_28 real;                  -- their 90 % quantile
alter table forecast add column sold28 real;                  -- units of the last 28 days known
-- A run is read as a whole, in pages, and removed as a whole; its rows lie together.
create index forecast_of_run on forecast (store_id, run_id, item_id, location_id);
alter table forecast_run add column started_at timestamptz;
alter table forecast_run add column learned_from int;         -- series the pool was learned from
alter table forecast_run add column failed int not null default 0;

-- Selling price by item: a row where it changed. Minor units.
create table item_price (
  store_id int not null,
  item_id int not null,
  since date not null,
  price int not null,
  primary key (store_id, item_id, since)
);

-- A planner's word on top of the engine's: never edited. What undoes it is a row of its own.
create table forecast_override (
  override_id bigint generated always as identity,
  store_id int not null,
  item_id int not null,
  location_id int,                   -- null: at every location
  from_day date not null,
  to_day date not null,
  kind text not null check (kind in ('replace', 'percent', 'units')),
  value real not null,               -- units a day, per cent up or down, units a day more or less
  reason text not null,
  author text not null,
  created_at timestamptz not null,
  expires_on date,                   -- last day it counts
  primary key (store_id, override_id),
  check (to_day >= from_day)
);
create index forecast_override_item on forecast_override (store_id, item_id);
create table forecast_override_end (
  store_id int not null,
  override_id bigint not null,
  ended_at timestamptz not null,
  ended_by text not null,
  reason text not null,
  primary key (store_id, override_id)
);

-- Days on which demand is another: sales, holidays, launches.
create table planning_event (
  event_id bigint generated always as identity,
  store_id int not null,
  name text not null,
  from_day date not null,
  to_day date not null,
  location_ids int[],                -- null: at every location
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (store_id, event_id),
  check (to_day >= from_day)
);
create index planning_event_day on planning_event (store_id, to_day);

-- Each night's forecast beside what came: one row a series, its sums fading with a memory of ninety days.
create table forecast_check (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  day date not null,                 -- last day compared
  actual real not null, mean real not null, low real not null, high real not null,   -- that day: units, expected, P1, P99
  streak int not null,               -- days in a row outside P1 to P99, negative where below
  calm int not null,                 -- days in a row inside
  rise real not null, fall real not null,   -- CUSUM of standardized errors, upward and downward
  rise_units real not null, fall_units real not null,
  flagged_on date, flagged_why text,
  days real not null, units real not null, abs_error real not null, error real not null,
  under50 real not null, under80 real not null, under90 real not null, under95 real not null, pinball real not null,
  primary key (store_id, item_id, location_id)
);
create index forecast_check_flagged on forecast_check (store_id) where flagged_on is not null;
