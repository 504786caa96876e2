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
