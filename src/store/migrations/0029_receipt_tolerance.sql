-- How much more than was ordered may be received without a word; null: any amount.
alter table purchase_setting add column over_tolerance_percent int check (over_tolerance_percent between 0 and 1000);
