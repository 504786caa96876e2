-- Replays: a policy on the days that were, asked for by somebody, run as a job, kept with what each line came to.
create table replay_run (
  store_id int not null references store,
  replay_run_id int generated always as identity unique,
  key text not null,                       -- of whoever asked: asking twice is asking once
  kind text,                               -- of policy; null: as each line is planned
  promise real,                            -- service level, fill rate or cost ratio of that kind; null: as each line has it
  from_day date not null, to_day date not null,
  scope jsonb not null,                    -- {"vendor": …, "locations": […], "q": …}
  most int not null,                       -- lines, the best sellers of the scope
  order_cost bigint not null default 0,    -- of placing one order of one line, minor units of the cost's currency
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
  attempts int not null default 0,
  message text,                            -- why it failed
  done int not null default 0, total int,
  result jsonb,                            -- totals by variant, the frontier, what was really bought, and what must be said of it
  hash text,                               -- of all that came out: a rerun on the same data has the same
  made_at timestamptz not null, made_by text not null, started_at timestamptz, finished_at timestamptz,
  primary key (store_id, replay_run_id),
  unique (store_id, key),
  check (to_day >= from_day)
);

create table replay_item (
  store_id int not null,
  replay_run_id int not null,
  item_id int not null,
  location_id int not null,
  wanted int not null, estimated int not null, -- units wanted, and those of them the shop had run out for: an estimate
  unknown_days int not null,               -- days on which the shop had run out
  standing boolean not null,               -- the ledger had not begun: it starts at the policy's own level
  opening int not null, opening_incoming int not null, served int not null, lost int not null, ordered int not null, orders int not null, received int not null, closing int not null, closing_incoming int not null,
  unit_days bigint not null, short_days int not null,
  currency char(3) not null, unit_cost bigint, bought bigint, holding bigint, ordering bigint, lost_margin bigint, cash bigint, -- minor units; null: no cost is known
  fault text,                              -- why nothing could be decided at some reviews
  decisions jsonb not null,                -- [[day offset, units, day it arrives], …]
  real_ordered int not null, real_orders int not null, real_bought bigint, -- purchase orders of the period; cost in the line's currency
  real_came_in int,                        -- units that came in by any way but returns; null: the ledger had not begun
  real_unit_days bigint,                   -- null likewise
  primary key (store_id, replay_run_id, item_id, location_id),
  foreign key (store_id, replay_run_id) references replay_run on delete cascade
);

-- Transfers: what a person asked of one, and what was made of it in Shopify.
alter table transfer
  add column key text,                     -- of whoever made it; what Shopify's keys and tag are made from
  add column turn int not null default 0,  -- Shopify asked for a new key so often
  add column read_at timestamptz,
  add column asked text check (asked in ('create', 'ship', 'receive', 'cancel')), -- null: nothing is waited for
  add column attempts int not null default 0,
  add column not_before timestamptz,
  add column refused boolean not null default false; -- Shopify said no to what was asked; message says why
create unique index transfer_key on transfer (store_id, key) where key is not null;
create index transfer_open on transfer (store_id, transfer_id) where state in ('draft', 'ready', 'in transit') or asked is not null;

-- Proposals, made anew by each run: units worth more elsewhere than where they stand.
create table transfer_proposal (
  store_id int not null references store,
  item_id int not null,
  from_location_id int not null,
  to_location_id int not null,
  quantity int not null check (quantity > 0),
  gain bigint not null,                    -- minor units of the store's currency, moving paid
  detail jsonb not null,                   -- what the first and the last unit are worth at both ends, and what stands there
  computed_at timestamptz not null,
  primary key (store_id, item_id, from_location_id, to_location_id)
);
create index transfer_proposal_gain on transfer_proposal (store_id, gain desc);

-- What moving costs, and the number of the next transfer.
create table transfer_setting (
  store_id int primary key references store,
  next_number int not null default 1,
  unit_cost bigint not null default 50,    -- of moving one unit, minor units of the store's currency
  least_gain bigint not null default 500,  -- of one item between two places; smaller ones are not proposed
  version int not null default 1,
  updated_at timestamptz not null,
  updated_by text not null
);
