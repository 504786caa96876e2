-- Prices planned ahead: so much less than the price of the day, for some items or all of a vendor's or a product type's. What they sell at was learned.
create table planned_price (
  plan_id bigint generated always as identity,
  store_id int not null,
  name text not null,
  from_day date not null,
  to_day date not null,
  percent_off real not null check (percent_off > 0 and percent_off < 100),
  item_ids int[],                    -- null: not by item
  vendor text, product_type text,    -- both null and no items: everything
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (store_id, plan_id),
  check (to_day >= from_day)
);
create index planned_price_day on planned_price (store_id, to_day);
