-- What became of the rows of an import of purchasing: the file itself, and an outcome a row. The latest twenty of a store are kept.
create table purchasing_import (
  store_id int not null references store,
  import_id int generated always as identity,
  kind text not null,
  source text not null,
  dry_run boolean not null,
  lines int not null, rejected int not null,
  header jsonb not null,                   -- names of the columns, as the file has them
  rows jsonb not null,                     -- [[line, [cells], status, message], …]
  made_at timestamptz not null,
  made_by text not null,
  primary key (store_id, import_id)
);
