-- A refund's fact names the locations it moved units between, so that what was said before more was known can be taken back under its own accounts.
update movement set fact = fact || case when kind = 'released without restock' then '@' || from_location else '@' || from_location || '>' || to_location end
where kind in ('released without restock', 'restocked elsewhere') and fact like 'shopify:refund/%' and fact not like '%@%';
