-- The life of an exception: a grace before anybody is told, storms gathered under one parent, escalation, snoozing until it is worse, what was done and said.
alter table exception drop constraint exception_state_check;
alter table exception add constraint exception_state_check check (state in ('grace', 'open', 'snoozed', 'resolved', 'ignored'));
alter table exception add column opened_at timestamptz;        -- when people first could see it, this time round; null in its grace
alter table exception add column grace_until timestamptz;
alter table exception add column size real;                    -- how bad, in the kind's own measure (units, minutes, orders)
alter table exception add column snoozed_size real;            -- snoozed until the size passes this
alter table exception add column ignored_until timestamptz;
alter table exception add column risk bigint;                  -- minor units of the store's currency
alter table exception add column escalation smallint not null default 0; -- 1 half its time gone, 2 all of it, 3 twice
alter table exception add column parent_id bigint;             -- the storm it is part of
alter table exception add column held_until timestamptz;       -- it came and went too often: open until it has been good so long
update exception set opened_at = first_seen where state <> 'resolved';
create index exception_parent on exception (store_id, parent_id) where parent_id is not null;

create table exception_event (
  store_id int not null,
  event_id bigint generated always as identity,
  exception_id bigint not null,
  at timestamptz not null,
  what text not null check (what in ('opened', 'came back', 'gathered', 'assigned', 'snoozed', 'woke', 'ignored', 'reopened', 'escalated', 'held open', 'said', 'tried', 'resolved')),
  by_whom text not null,               -- a person, or the check
  said text,
  detail jsonb,
  primary key (store_id, event_id)
);
create index exception_event_of on exception_event (store_id, exception_id, event_id);
