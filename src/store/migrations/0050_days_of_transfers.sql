-- The days a transfer takes between two places: said for the pair, else learned from transfers received, else the store's default.
create table transfer_days (
  store_id int not null references store,
  from_location_id int not null,
  to_location_id int not null,
  days int not null check (days between 0 and 365),
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (store_id, from_location_id, to_location_id),
  foreign key (store_id, from_location_id) references location (store_id, location_id),
  foreign key (store_id, to_location_id) references location (store_id, location_id)
);
alter table transfer_setting add column transfer_days int not null default 2 check (transfer_days between 0 and 365);

-- When its first part was seen on its way, and when all of it was seen received; shipped_at stays null where both were seen at once.
alter table transfer add column shipped_at timestamptz, add column received_at timestamptz;
update transfer t set received_at = t.updated_at, shipped_at = (select min(m.settled_at) from transfer_move m where m.store_id = t.store_id and m.transfer_id = t.transfer_id and m.kind = 'ship' and m.state = 'done') where t.state = 'received';
create index transfer_took on transfer (store_id, received_at) where shipped_at is not null and received_at is not null;

-- Units a replay moved between places of which one buys for the others.
alter table replay_item add column moved_in int, add column moved_out int;
