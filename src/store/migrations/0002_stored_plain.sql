-- Arrays of forecasts and the detail of recommendations are written every night and every hour and read whole: as they are, not compressed. pglz took
-- a third of a replenishment run. Rows already there stay as they are until the next run writes them anew.
alter table forecast alter column mean set storage external, alter column cumulative set storage external, alter column daily set storage external;
alter table recommendation alter column detail set storage external;
