-- Items somebody asked to be counted, where a count was asked for and not begun on the floor.
alter table stock_count add column wanted int[] not null default '{}';
