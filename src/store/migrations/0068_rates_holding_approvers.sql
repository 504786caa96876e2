-- What a unit of another currency was worth in the store's, from which day on: said by a person or a file, never changed; of two of the same day the later said holds.
create table exchange_rate (
  store_id int not null references store,
  exchange_rate_id bigint generated always as identity,
  currency char(3) not null,
  since date not null,
  billionths bigint check (billionths > 0), -- of the store's currency for one unit of this one, in billionths; null: taken away
  noted_at timestamptz not null,
  noted_by text not null,
  primary key (store_id, exchange_rate_id)
);
create index exchange_rate_day on exchange_rate (store_id, currency, since, exchange_rate_id);
create function refuse_rate_change() returns trigger language plpgsql as $$
begin raise exception 'exchange rates are never changed: say another one'; end $$;
create trigger never_changed before update or delete on exchange_rate for each row execute function refuse_rate_change();

-- Who may approve purchase orders up to which amount: [{"role": …, "amount": minor units of the store's currency, null: any}] or "email" in place of the role. None: whoever did not make the order.
alter table purchase_setting add column approvers jsonb not null default '[]';

-- What a unit on the shelf costs a year, as a share of its unit cost; null: not said here. A scope may be 'category:<product type>' too.
alter table planning_policy add column holding_per_year real check (holding_per_year >= 0 and holding_per_year <= 2);
comment on column planning_policy.scope is 'default, class:<A|B|C>, category:<product type>, vendor:<name>, item:<id> or item:<id>@<location>';
