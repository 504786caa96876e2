-- Moves that the people of a warehouse were told of: Shopify cannot make them, the warehouse's own changes or a person say what was done.
create table warehouse_move (
  store_id int not null references store,
  move_id int generated always as identity,
  item_id int not null,
  from_location_id int not null,
  to_location_id int not null,
  warehouse_id int not null,               -- whose people move it
  quantity int not null check (quantity > 0),
  done int not null default 0 check (done >= 0),
  state text not null default 'open' check (state in ('open', 'done', 'dropped')),
  gain bigint not null,                    -- as proposed, minor units of the store's currency
  version int not null default 1,
  told_at timestamptz not null, told_by text not null,
  settled_at timestamptz,
  primary key (store_id, move_id),
  foreign key (store_id, from_location_id) references location (store_id, location_id),
  foreign key (store_id, to_location_id) references location (store_id, location_id)
);
create unique index warehouse_move_open on warehouse_move (store_id, item_id, from_location_id, to_location_id) where state = 'open'; -- told twice is told once

-- What became of it. `cause` names a change the warehouse told of: each is counted once.
create table warehouse_move_event (
  store_id int not null,
  event_id int generated always as identity,
  move_id int not null,
  kind text not null check (kind in ('told', 'done', 'seen', 'dropped')),
  quantity int not null,
  cause text,
  note text not null default '',
  at timestamptz not null,
  by_whom text not null,
  primary key (store_id, event_id),
  foreign key (store_id, move_id) references warehouse_move (store_id, move_id)
);
create unique index warehouse_move_seen on warehouse_move_event (store_id, cause, move_id) where cause is not null;
create index warehouse_move_history on warehouse_move_event (store_id, move_id);
