-- What was done at a peak, and how to take it back: peak mode on and off, pushes frozen and let go.
create table peak_event (
  store_id int not null references store,
  peak_event_id bigint generated always as identity,
  action text not null check (action in ('peak begun', 'peak ended', 'frozen', 'let go')),
  at timestamptz not null, by_whom text not null,
  reason text not null default '',
  until timestamptz,                       -- of a peak
  location_ids int[] not null default '{}',-- the locations it changed
  primary key (store_id, peak_event_id)
);
