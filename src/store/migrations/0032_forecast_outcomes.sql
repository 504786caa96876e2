-- A run's row stays when its series are removed, with what it expected and what came of it.
alter table forecast_run add column kept boolean not null default true;   -- its series are still there
alter table forecast_run add column mean28 real;                          -- units of the first 28 days, all series
alter table forecast_run add column settled_at timestamptz;               -- when those days were laid beside what came
alter table forecast_run add column came_series int;                      -- series in stock all those days
alter table forecast_run add column came_units real;
alter table forecast_run add column came_said real;                       -- what was expected of them
alter table forecast_run add column came_error real;                      -- Σ |said − came| of series
alter table forecast_run add column came_under90 real;                    -- share of them within the 90 % quantile
-- The same by series, fading with each run that is settled: one a week.
create table forecast_outcome (
  store_id int not null,
  item_id int not null,
  location_id int not null,
  as_of date not null, said real not null, came real not null,   -- the last one settled
  runs real not null, units real not null, error real not null, abs_error real not null, under90 real not null,
  primary key (store_id, item_id, location_id)
);
update forecast_run r set mean28 = (select sum(f.mean28) from forecast f where f.store_id = r.store_id and f.run_id = r.run_id);
