-- A new item is said to sell like another: the other's demand, at so many per cent, stands for its own before its first sale.
create table item_analogue (
  store_id int not null,
  item_id int not null,
  like_item_id int not null,
  percent real not null check (percent > 0),
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (store_id, item_id),
  check (item_id <> like_item_id)
);
