-- Differences without a cause that are too small to be told of: units and worth (minor units of the store's currency) of a level; within both, nobody is told.
alter table store add column drift_tolerance_units integer not null default 0 check (drift_tolerance_units between 0 and 1000000);
alter table store add column drift_tolerance_money bigint not null default 0 check (drift_tolerance_money between 0 and 1000000000000);
-- The first check that saw it good since it was last seen bad; of kinds that close at a second one.
alter table exception add column good_since timestamptz;
