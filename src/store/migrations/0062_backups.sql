-- What was backed up, tried and restored, by whom; and how long a back-up may be ago before somebody is told. Written when it is over: what was cut off left no back-up.
create table backup_run (
  org_id int not null references org default 1,
  backup_run_id bigint generated always as identity,
  kind text not null check (kind in ('back-up', 'drill', 'restore')),
  started_at timestamptz not null, finished_at timestamptz not null,
  by_whom text not null,
  file text not null,                      -- its name, not the folder: that is another on each machine
  made_at timestamptz,                     -- of the archive
  ok boolean not null,
  bytes bigint, tables int, row_count bigint,
  said text not null,                      -- what was found, or why it failed
  primary key (org_id, backup_run_id)
);
create index backup_run_last on backup_run (org_id, kind, finished_at desc) where ok;

create table backup_watch (
  org_id int primary key references org default 1,
  watched boolean not null default true,
  backup_hours int not null default 26 check (backup_hours between 1 and 744),
  drill_days int not null default 35 check (drill_days between 1 and 400),
  said text not null default '',           -- where back-ups are kept instead, when they are not watched
  updated_at timestamptz, updated_by text
);
insert into backup_watch (org_id) values (1);
