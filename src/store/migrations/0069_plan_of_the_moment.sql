-- Stock as the plan saw it, so that what stands beside a line's cover is of the same moment; null: planned before this was kept.
alter table recommendation add column available int, add column incoming int;
