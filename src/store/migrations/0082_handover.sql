-- Who took which part of the daily running over: append-only, the last of each owner counts.
create table handover (
  store_id int not null references store,
  handover_id bigint generated always as identity,
  owner text not null check (owner in ('admin', 'integration owner', 'ecommerce', 'planner', 'warehouse', 'finance')),
  at timestamptz not null,
  by_whom text not null,
  name text not null,                      -- as it was then
  note text,
  primary key (store_id, handover_id)
);
