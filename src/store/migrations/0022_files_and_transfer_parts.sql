-- The advanced files of a planner: those of warehouses, vendors, variants and bundles came to those of stock, orders and sales, which could not be loaded without
-- them. All is said anew, parents first.
delete from planner_file_row;

alter table planner_connection add column file_folders jsonb not null default '{}';  -- {"variants": "the account's name of the folder"}, the usual names where none is said
alter table planner_connection add column file_left_out jsonb not null default '{}'; -- {"sales": [{"reason", "rows", "such": [keys]}]} as of files_sent_at

-- Files that were put into the planner's folders, kept for a month to be looked at.
create table planner_file (
  store_id int not null references store,
  planner_file_id int generated always as identity unique,
  file text not null,
  name text not null,
  rows int not null,
  removed int not null,
  content text not null,
  written_at timestamptz not null,
  primary key (store_id, planner_file_id)
);

-- Transfers in parts: each shipment and receipt somebody asked for, under a key of its own; what Shopify shows of the shipments.
alter table transfer_line add column shipped int not null default 0, add column rejected int not null default 0; -- rejected units did not come into stock and are not expected
alter table transfer add column shipments jsonb not null default '[]';   -- [{id, name, status, lines: [{lineId, inventoryItemId, quantity, accepted, rejected}]}] as of read_at
alter table transfer drop constraint transfer_asked_check, add constraint transfer_asked_check check (asked in ('create', 'change', 'ship', 'receive', 'cancel'));
-- What was asked of whole transfers is asked again in parts: the next look shows what became of it.
update transfer set asked = null where asked in ('ship', 'receive');
create table transfer_move (
  store_id int not null,
  transfer_move_id int generated always as identity unique,
  transfer_id int not null,
  kind text not null check (kind in ('ship', 'receive', 'change')),
  key text not null,                       -- of whoever asked: the same key is the same move
  move jsonb not null,                     -- as domain/replenishment/transfer-moves.ts has it
  note text not null default '',
  state text not null default 'asked' check (state in ('asked', 'done', 'refused')),
  message text,                            -- what Shopify said when it refused
  made_at timestamptz not null,
  made_by text not null,
  settled_at timestamptz,
  primary key (store_id, transfer_move_id),
  unique (store_id, key),
  foreign key (store_id, transfer_id) references transfer
);
create index transfer_move_of on transfer_move (store_id, transfer_id);
