-- What an expected total is made of, in the units of each step (domain/forecast/made-of.ts), and demand of Monday to Sunday relative to their mean.
alter table forecast add column made_of real[];
alter table forecast add column weekdays real[];
-- What the run learned of events, by name: what demand is multiplied by, and days seen.
alter table forecast_run add column events jsonb not null default '{}';
-- What the planner expects of an event nobody has seen: per cent more, less with a minus; null: a day like another.
alter table planning_event add column uplift real;
