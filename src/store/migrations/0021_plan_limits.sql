-- What a supplier and the purse allow of an order, kept by the nightly plan. All of it off until somebody says it.
alter table supplier
  add minimum_counts text not null default 'place' check (minimum_counts in ('place', 'all places')), -- whose order the minimum is of: what goes to one place, or all asked for at once
  add fill_container boolean not null default false,                                                    -- the last container is filled with what is worth most
  add most_containers int check (most_containers >= 1),                                                 -- a place's order may take; null: as many as it needs
  add budget bigint check (budget >= 0),                                                                -- minor units of currency; null: none
  add budget_per text not null default 'plan' check (budget_per in ('plan', 'month'));                  -- what it is for: all a plan proposes, or that and what was ordered this month

alter table purchase_setting
  add plan_budget bigint check (plan_budget >= 0),                                                      -- over all suppliers, minor units of the store's currency; null: none
  add plan_budget_per text not null default 'plan' check (plan_budget_per in ('plan', 'month'));
