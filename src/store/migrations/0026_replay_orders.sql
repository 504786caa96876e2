-- Replays order as a plan does, and take in what came back and bulk order lines. Null: a replay from before.
alter table replay_item
  add column returned int,                 -- units customers brought back to the shelf
  add column bulk_wanted int,              -- of the units wanted, those in bulk order lines
  add column bulk_served int,
  add column for_supplier int,             -- units more or less than the line's own policy, for its supplier's order
  add column below_minimum int;            -- orders of it in an order that stayed below its supplier's minimum
