-- How an attempt writes: every row set if unchanged, or every row changed by to_quantity − from_quantity (docs/decisions/020-push-by-difference.md).
alter table push_attempt add column way text not null default 'set' check (way in ('set', 'difference'));
-- What the level's last write believed Shopify to show as available and committed together: only somebody who is no order can raise it.
alter table push_level add column basis int;
