-- Units of a line that went out beyond what was wanted, and that somebody has taken note of.
create table over_fulfilled_accepted (
  store_id int not null,
  order_id bigint not null,
  line_id bigint not null,
  units int not null check (units > 0),
  reason text not null,
  accepted_at timestamptz not null,
  accepted_by text not null,
  primary key (store_id, order_id, line_id)
);
