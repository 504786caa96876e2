-- When a difference may be repaired without anybody being asked: a row a cause, none at first. And repairs made so, each listed with the others and taken back like them.
create table repair_policy (
  store_id int not null,
  cause text not null check (cause in ('unknown', 'edited in Shopify')),
  way text not null check (way in ('accept Shopify', 'push ours')),
  unit_limit int not null check (unit_limit > 0),       -- units of the cause at one level, at most
  money_limit bigint not null check (money_limit > 0),  -- what they are worth, at most; minor units of the store's currency
  set_at timestamptz not null,
  set_by text not null,
  reason text not null,
  primary key (store_id, cause)
);
alter table drift_repair add column automatic boolean not null default false;
create index drift_repair_automatic on drift_repair (store_id, proposed_at) where automatic;
