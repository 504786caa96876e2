-- Arrays of forecasts and the detail of recommendations are written every night and every hour and read whole: as they are, not compressed. A run
-- took 16.8 times as long as its deciding alone with pglz, 10.0 times without (busy machine). Rows already there stay as they are until the next run writes them anew.
alter table forecast alter column mean set storage external, alter column cumulative set storage external, alter column daily set storage external;
alter table recommendation alter column detail set storage external;
