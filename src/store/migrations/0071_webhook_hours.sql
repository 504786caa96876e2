-- What each topic was heard, hour by hour, for four weeks: minutes with a message in them. Hours are whole ones since 1970, UTC.
create table webhook_hour (
  store_id int not null, topic text not null, hour int not null, minutes smallint not null check (minutes between 1 and 60),
  primary key (store_id, topic, hour)
);
-- The newest message of each topic that was counted above.
create table webhook_topic (
  store_id int not null, topic text not null, last_at timestamptz not null,
  primary key (store_id, topic)
);
