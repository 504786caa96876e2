-- What a planner, a supplier and the storefront said of planning values, and since when: append-only, so that a replay reads what was known on each of its days.
-- One row a change; `value` is all of what then held, null: taken away. Written by the tables themselves, whoever writes to them.
create table planning_history (
  store_id int not null references store,
  history_id bigint generated always as identity,
  kind text not null check (kind in ('begun', 'policy', 'supplier', 'terms', 'cost', 'event')), -- 'begun': from then on nothing is missing
  key text not null,                       -- a scope, a supplier, 'item/supplier', an item, an event
  item_id int,                             -- of 'terms' and 'cost'
  since timestamptz not null,
  by_whom text not null,
  value jsonb,
  primary key (store_id, history_id)
);
create index planning_history_item on planning_history (store_id, item_id) where item_id is not null;
create index planning_history_scope on planning_history (store_id, kind) where item_id is null;

-- Arguments: kind, key, item, by whom, value; the last four as expressions over a row r.
create function keep_planning_values() returns trigger language plpgsql as $$
declare said text := format('select r.store_id, %s as key, %s as item_id, r.updated_at as since, %s as by_whom, %s as value', tg_argv[1], tg_argv[2], tg_argv[3], tg_argv[4]);
begin
  if tg_op = 'INSERT' then
    execute format('insert into planning_history (store_id, kind, key, item_id, since, by_whom, value) select store_id, %L, key, item_id, since, by_whom, value from (%s from new_rows r) n order by item_id, key', tg_argv[0], said);
  else
    execute format('insert into planning_history (store_id, kind, key, item_id, since, by_whom, value) select n.store_id, %1$L, n.key, n.item_id, n.since, n.by_whom, n.value from (%2$s from new_rows r) n
      where not exists (select from (%2$s from old_rows r) o where o.store_id = n.store_id and o.key = n.key and o.value = n.value) order by n.item_id, n.key', tg_argv[0], said);
  end if;
  return null;
end $$;

create trigger history_of_new after insert on planning_policy referencing new table as new_rows for each statement
  execute function keep_planning_values('policy', 'r.scope', 'null::int', 'r.updated_by', 'to_jsonb(r) - ''{store_id,scope,version,updated_at,updated_by}''::text[]');
create trigger history_of_changed after update on planning_policy referencing old table as old_rows new table as new_rows for each statement
  execute function keep_planning_values('policy', 'r.scope', 'null::int', 'r.updated_by', 'to_jsonb(r) - ''{store_id,scope,version,updated_at,updated_by}''::text[]');
create trigger history_of_new after insert on supplier referencing new table as new_rows for each statement
  execute function keep_planning_values('supplier', 'r.supplier_id::text', 'null::int', 'r.updated_by', 'to_jsonb(r) - ''{store_id,supplier_id,vendor,email,contact,address,notes,payment_terms,lead_time_tolerance_days,version,updated_at,updated_by}''::text[]');
create trigger history_of_changed after update on supplier referencing old table as old_rows new table as new_rows for each statement
  execute function keep_planning_values('supplier', 'r.supplier_id::text', 'null::int', 'r.updated_by', 'to_jsonb(r) - ''{store_id,supplier_id,vendor,email,contact,address,notes,payment_terms,lead_time_tolerance_days,version,updated_at,updated_by}''::text[]');
create trigger history_of_new after insert on supplier_item referencing new table as new_rows for each statement
  execute function keep_planning_values('terms', 'r.item_id || ''/'' || r.supplier_id', 'r.item_id', 'r.updated_by', 'to_jsonb(r) - ''{store_id,item_id,supplier_sku,updated_at,updated_by}''::text[]');
create trigger history_of_changed after update on supplier_item referencing old table as old_rows new table as new_rows for each statement
  execute function keep_planning_values('terms', 'r.item_id || ''/'' || r.supplier_id', 'r.item_id', 'r.updated_by', 'to_jsonb(r) - ''{store_id,item_id,supplier_sku,updated_at,updated_by}''::text[]');
create trigger history_of_new after insert on inventory_item referencing new table as new_rows for each statement
  execute function keep_planning_values('cost', 'r.shopify_inventory_item_id::text', 'r.item_id', '''storefront''', 'jsonb_build_object(''item_id'', r.item_id, ''unit_cost'', r.unit_cost)');
create trigger history_of_changed after update on inventory_item referencing old table as old_rows new table as new_rows for each statement
  execute function keep_planning_values('cost', 'r.shopify_inventory_item_id::text', 'r.item_id', '''storefront''', 'jsonb_build_object(''item_id'', r.item_id, ''unit_cost'', r.unit_cost)');
create trigger history_of_new after insert on planning_event referencing new table as new_rows for each statement
  execute function keep_planning_values('event', 'r.event_id::text', 'null::int', 'r.updated_by', 'to_jsonb(r) - ''{store_id,event_id,updated_at,updated_by}''::text[]');
create trigger history_of_changed after update on planning_event referencing old table as old_rows new table as new_rows for each statement
  execute function keep_planning_values('event', 'r.event_id::text', 'null::int', 'r.updated_by', 'to_jsonb(r) - ''{store_id,event_id,updated_at,updated_by}''::text[]');

create function refuse_history_change() returns trigger language plpgsql as $$
begin raise exception 'the history of planning values is never changed'; end $$;
create trigger never_changed before update or delete on planning_history for each row execute function refuse_history_change();
create trigger never_emptied before truncate on planning_history execute function refuse_history_change();

-- What stands there today, since it was last written. After the latest of these nothing is missing; what stood there before is not known.
insert into planning_history (store_id, kind, key, item_id, since, by_whom, value)
select * from (
  select store_id, 'policy', scope, null::int, updated_at, updated_by, to_jsonb(r) - '{store_id,scope,version,updated_at,updated_by}'::text[] from planning_policy r
  union all select store_id, 'supplier', supplier_id::text, null, updated_at, updated_by, to_jsonb(r) - '{store_id,supplier_id,vendor,email,contact,address,notes,payment_terms,lead_time_tolerance_days,version,updated_at,updated_by}'::text[] from supplier r
  union all select store_id, 'terms', item_id || '/' || supplier_id, item_id, updated_at, updated_by, to_jsonb(r) - '{store_id,item_id,supplier_sku,updated_at,updated_by}'::text[] from supplier_item r
  union all select store_id, 'cost', shopify_inventory_item_id::text, item_id, updated_at, 'storefront', jsonb_build_object('item_id', item_id, 'unit_cost', unit_cost) from inventory_item r
  union all select store_id, 'event', event_id::text, null, updated_at, updated_by, to_jsonb(r) - '{store_id,event_id,updated_at,updated_by}'::text[] from planning_event r
) there(store_id, kind, key, item_id, since, by_whom, value) order by since;
insert into planning_history (store_id, kind, key, since, by_whom) select store_id, 'begun', '', max(since), 'upgrade' from planning_history group by 1;

-- Replays of other minimums and days of stock; with today's values instead of those of each day.
alter table replay_run add column changes jsonb not null default '{}', add column known text not null default 'then' check (known in ('then', 'today'));
