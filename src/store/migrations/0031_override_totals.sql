-- A planner's word may be the units of all its days together, spread as the engine spreads them.
alter table forecast_override drop constraint forecast_override_kind_check;
alter table forecast_override add constraint forecast_override_kind_check check (kind in ('replace', 'percent', 'units', 'total'));
