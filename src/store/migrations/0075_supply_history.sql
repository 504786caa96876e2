-- Which place buys for which, and the days of transfers that somebody set, kept as the other planning values are: a replay reads those of each of its mornings.
alter table planning_history drop constraint planning_history_kind_check;
alter table planning_history add constraint planning_history_kind_check check (kind in ('begun', 'policy', 'supplier', 'terms', 'cost', 'event', 'supply', 'way'));
comment on column planning_history.key is 'a scope, a supplier, item/supplier, an item, an event, a location, from>to of two locations (0>0: of any); of begun: empty, or supply';

alter table location add column supply_by text; -- who last said where it is supplied from, at updated_at

create trigger history_of_new after insert on location referencing new table as new_rows for each statement
  execute function keep_planning_values('supply', 'r.location_id::text', 'null::int', 'coalesce(r.supply_by, ''storefront'')', 'jsonb_build_object(''supplied_from'', r.supplied_from, ''is_active'', r.is_active)');
create trigger history_of_changed after update on location referencing old table as old_rows new table as new_rows for each statement
  execute function keep_planning_values('supply', 'r.location_id::text', 'null::int', 'coalesce(r.supply_by, ''storefront'')', 'jsonb_build_object(''supplied_from'', r.supplied_from, ''is_active'', r.is_active)');
create trigger history_of_new after insert on transfer_days referencing new table as new_rows for each statement
  execute function keep_planning_values('way', 'r.from_location_id || ''>'' || r.to_location_id', 'null::int', 'r.updated_by', 'jsonb_build_object(''days'', r.days)');
create trigger history_of_changed after update on transfer_days referencing old table as old_rows new table as new_rows for each statement
  execute function keep_planning_values('way', 'r.from_location_id || ''>'' || r.to_location_id', 'null::int', 'r.updated_by', 'jsonb_build_object(''days'', r.days)');
create trigger history_of_new after insert on transfer_setting referencing new table as new_rows for each statement
  execute function keep_planning_values('way', '''0>0''', 'null::int', 'r.updated_by', 'jsonb_build_object(''days'', r.transfer_days)');
create trigger history_of_changed after update on transfer_setting referencing old table as old_rows new table as new_rows for each statement
  execute function keep_planning_values('way', '''0>0''', 'null::int', 'r.updated_by', 'jsonb_build_object(''days'', r.transfer_days)');

-- What stands there today; what stood there before is not known.
insert into planning_history (store_id, kind, key, since, by_whom, value)
select * from (
  select store_id, 'supply', location_id::text, updated_at, 'upgrade', jsonb_build_object('supplied_from', supplied_from, 'is_active', is_active) from location
  union all select store_id, 'way', from_location_id || '>' || to_location_id, updated_at, updated_by, jsonb_build_object('days', days) from transfer_days
  union all select store_id, 'way', '0>0', updated_at, updated_by, jsonb_build_object('days', transfer_days) from transfer_setting
) there(store_id, kind, key, since, by_whom, value) order by since;
insert into planning_history (store_id, kind, key, since, by_whom) select store_id, 'begun', 'supply', max(since), 'upgrade' from planning_history where kind in ('supply', 'way') group by 1;
