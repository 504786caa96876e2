-- A place that another one buys for: nothing is ordered to it, its units come from there by transfer. One level deep: who supplies is supplied by nobody.
alter table location add column supplied_from int check (supplied_from <> location_id);
alter table location add constraint location_supplied_from foreign key (store_id, supplied_from) references location (store_id, location_id);
create index location_supplies on location (store_id, supplied_from) where supplied_from is not null;
