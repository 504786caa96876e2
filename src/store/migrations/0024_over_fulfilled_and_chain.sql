-- Units of a line that went out beyond what was wanted, and that somebody has taken note of.
create table over_fulfilled_accepted (
  store_id int not null,
  order_id bigint not null,
  line_id bigint not null,
  units int not null check (units > 0),
  reason text not null,
  accepted_at timestamptz not null,
  accepted_by text not null,
  primary key (store_id, order_id, line_id)
);

-- Signed periods are links of a chain, in the order they were signed: each holds the hash of itself and of the one before (domain/audit/chain.ts).
alter table signed_period add column previous text, add column chain text;
do $$
declare link record; before text; store int := null;
begin
  for link in select * from signed_period order by store_id, period_id loop
    if store is distinct from link.store_id then before := ''; store := link.store_id; end if;
    update signed_period set previous = before, chain = encode(sha256(convert_to(concat_ws(E'\n', before, link.digest, link.from_day::text, link.to_day::text,
        to_char(link.signed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), link.signed_by, link.signed_role, coalesce(link.note, '')), 'UTF8')), 'hex')
      where store_id = link.store_id and period_id = link.period_id returning chain into before;
  end loop;
end $$;
alter table signed_period alter column previous set not null, alter column chain set not null;
create unique index signed_period_previous on signed_period (store_id, previous); -- no two links after one

-- A channel that tells one person of the cases assigned to them; made when the first is. Null: a channel of roles.
alter table alert_channel add column person text;
create unique index alert_channel_person on alert_channel (store_id, person) where person is not null;
