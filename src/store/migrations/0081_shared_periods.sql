-- A period's report as somebody without an account may read it: by an address that is told once and known here by its hash alone, until a day, or until it is taken back.
create table shared_period (
  store_id int not null references store,
  shared_period_id bigint generated always as identity,
  from_day date not null,
  to_day date not null,
  token_hash bytea not null unique,        -- SHA-256 of the address's secret part
  shared_for text not null,                -- whom it was made for, in the maker's words
  made_at timestamptz not null,
  made_by text not null,
  expires_at timestamptz not null,
  ended_at timestamptz, ended_by text,     -- taken back
  opened int not null default 0,           -- how often it was read
  opened_at timestamptz,
  primary key (store_id, shared_period_id)
);
create index shared_period_of on shared_period (store_id, from_day, to_day);
