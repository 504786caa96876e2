-- Rehearsals of a peak on a sandbox, asked for by a person: one at a time for a store, each kept with its report as it was written.
create table peak_rehearsal (
  store_id int not null references store,
  peak_rehearsal_id bigint generated always as identity,
  times real not null check (times between 1 and 10000),      -- of the usual orders a minute
  minutes real not null check (minutes > 0 and minutes <= 120),
  asked_at timestamptz not null,
  asked_by text not null,
  started_at timestamptz,
  stop_asked_by text,                      -- somebody wants it to end before its time
  ended_at timestamptz,                    -- null while it waits or runs
  passed boolean,                          -- null: it did not come to a verdict, and said why
  failed_rules text[] not null default '{}',
  reached_per_minute real,
  said text,
  report text,                             -- Markdown, as `instep rehearse` prints it
  primary key (store_id, peak_rehearsal_id)
);
create unique index peak_rehearsal_on on peak_rehearsal (store_id) where ended_at is null;
