-- Whose a saved view is beside its owner's: those of a role may use it. Shared is everybody's, and so no role's.
alter table saved_view add column for_role text check (for_role in ('admin', 'ecommerce', 'planner', 'warehouse', 'finance', 'viewer'));
alter table saved_view add constraint saved_view_whose check (not (shared and for_role is not null));
