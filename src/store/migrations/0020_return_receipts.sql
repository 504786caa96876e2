-- Goods received once: a double tap, or a lost answer tried again, adds nothing.
create table return_receipt (
  store_id int not null,
  cause text not null,                     -- 'instep:<key the client made before its first try>'
  return_id bigint not null,
  received_at timestamptz not null,
  by text not null,
  primary key (store_id, cause)
);
