-- The balances of an item at a place in one row, a column a state (docs/decisions/019-lean-ledger.md). As a row a state, a unit promised to an order
-- was two rows found, locked and rewritten; the outside parties (place 0) had rows that nothing read. What an outside party gave or took is the
-- fold of the movements, asked for when it is wanted.
create table ledger_level (
  store_id int not null,
  item_id int not null,
  location_id int not null check (location_id > 0),
  available int not null default 0,
  committed int not null default 0,
  reserved int not null default 0,
  damaged int not null default 0,
  safety_stock int not null default 0,
  quality_control int not null default 0,
  incoming int not null default 0,
  updated_at timestamptz not null,
  primary key (store_id, item_id, location_id)
) with (fillfactor = 80);

insert into ledger_level (store_id, item_id, location_id, available, committed, reserved, damaged, safety_stock, quality_control, incoming, updated_at)
select store_id, item_id, location_id,
  coalesce(sum(quantity) filter (where state = 'available'), 0), coalesce(sum(quantity) filter (where state = 'committed'), 0),
  coalesce(sum(quantity) filter (where state = 'reserved'), 0), coalesce(sum(quantity) filter (where state = 'damaged'), 0),
  coalesce(sum(quantity) filter (where state = 'safety_stock'), 0), coalesce(sum(quantity) filter (where state = 'quality_control'), 0),
  coalesce(sum(quantity) filter (where state = 'incoming'), 0), max(updated_at)
from balance where location_id > 0 group by store_id, item_id, location_id order by store_id, item_id, location_id;

drop table balance;

-- A row a state again, for questions about one account. Lists over all levels read ledger_level.
create view balance as
select l.store_id, l.item_id, l.location_id, s.state, s.quantity, l.updated_at
from ledger_level l, lateral (values
  ('available', l.available), ('committed', l.committed), ('reserved', l.reserved), ('damaged', l.damaged),
  ('safety_stock', l.safety_stock), ('quality_control', l.quality_control), ('incoming', l.incoming)) as s(state, quantity);

-- What was posted for facts. By the array's own order along the index a fact never heard of costs a tenth of a probe of its own; a planner that has not
-- seen the table grow would rather read all of it, hence the setting.
create function posted_before(store int, facts text[]) returns table (fact text, quantity int, revision int)
language sql stable set enable_seqscan = off
as $$ select m.fact, m.quantity, m.revision from movement m where m.store_id = store and m.fact = any(facts) $$;

-- The same for demand, and for the items behind variants.
create function demand_known(store int, facts text[]) returns table (fact text)
language sql stable set enable_seqscan = off
as $$ select d.fact from demand_fact d where d.store_id = store and d.fact = any(facts) $$;

create function variant_items(store int, variants bigint[]) returns table (shopify_variant_id bigint, item_id int, tracked boolean)
language sql stable set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$ select v.shopify_variant_id, i.item_id, i.tracked from variant v
      join inventory_item i on i.store_id = v.store_id and i.shopify_inventory_item_id = v.shopify_inventory_item_id
      where v.store_id = store and v.shopify_variant_id = any(variants) $$;

-- Nothing asks for the facts of an item; daily_demand answers by item and day.
drop index demand_fact_item;
