-- Alerts: who is told of cases and of the daily check, by which channel, and every message with its tries.
create table alert_channel (
  store_id int not null,
  channel_id bigint generated always as identity,
  name text not null,
  kind text not null check (kind in ('email', 'slack', 'teams', 'webhook')),
  shown text not null,                 -- what people see of the address; addresses of mail in full, of hooks the host and the end
  sealed bytea,                        -- the address of a hook (whoever has it can post), for webhooks with the signing secret
  roles text[] not null default '{}',  -- empty: every role
  least_severity smallint not null check (least_severity between 1 and 4),
  quiet_from smallint check (quiet_from between 0 and 23), quiet_to smallint check (quiet_to between 0 and 23), -- hours of the shop's clock
  quiet_weekends boolean not null default false,
  digest_hour smallint check (digest_hour between 0 and 23), -- null: no daily check
  state text not null default 'on' check (state in ('on', 'paused', 'gone')),
  state_reason text,
  told_at timestamptz,                 -- when its last message was composed: one a minute
  failing_since timestamptz,           -- the first try that failed since one got through
  delivered_at timestamptz,
  version int not null default 1,
  updated_at timestamptz not null, updated_by text not null,
  primary key (store_id, channel_id),
  check ((quiet_from is null) = (quiet_to is null) and quiet_from is distinct from quiet_to or quiet_from is null and quiet_to is null)
);

-- What a channel is to be told once its time has come.
create table alert_line (
  store_id int not null,
  channel_id bigint not null,
  event_id bigint not null,
  exception_id bigint not null,
  due_at timestamptz not null,
  primary key (store_id, channel_id, event_id)
);
create index alert_line_due on alert_line (store_id, due_at);

-- The outbox: one row a message; its key makes composing it twice one message.
create table alert_delivery (
  store_id int not null,
  delivery_id bigint generated always as identity,
  channel_id bigint not null,
  message_key text not null,
  message jsonb not null,
  created_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts smallint not null default 0,
  next_at timestamptz,                 -- when to try (again); while it is tried, when to take it for lost
  settled_at timestamptz,
  tries jsonb not null default '[]',   -- [{at, ok, said}], oldest first; at most as many as tries are made
  primary key (store_id, delivery_id),
  unique (store_id, channel_id, message_key)
);
create index alert_delivery_due on alert_delivery (store_id, next_at) where state = 'waiting';

-- Everything before now has been seen by whoever looked.
alter table exception_event add column told boolean not null default true;
alter table exception_event alter column told set default false;
create index exception_event_untold on exception_event (store_id, event_id) where not told;
