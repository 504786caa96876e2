-- While a peak is on settings stay as they are, unless an administrator opens them for a while; and a peak is written down: a sample a minute, and a report when it ends.
alter table peak_event drop constraint peak_event_action_check;
alter table peak_event add constraint peak_event_action_check check (action in ('peak begun', 'peak ended', 'frozen', 'let go', 'settings opened', 'settings closed'));

create table peak_report (
  store_id int not null references store,
  peak_report_id bigint generated always as identity,
  begun_at timestamptz not null,
  begun_by text not null,
  until timestamptz,                       -- as last seen while it was on
  ended_at timestamptz,                    -- null while it is on
  ended_by text,                           -- 'time' where nobody ended it
  written_at timestamptz,
  report jsonb,                            -- as it was found when it was written, and never again worked out
  primary key (store_id, peak_report_id)
);
create unique index peak_report_on on peak_report (store_id) where ended_at is null;

create table peak_sample (
  store_id int not null,
  peak_report_id bigint not null,
  at timestamptz not null,
  figures jsonb not null,                  -- the monitor's figures, lags of the minutes since the sample before
  primary key (store_id, peak_report_id, at),
  foreign key (store_id, peak_report_id) references peak_report
);
