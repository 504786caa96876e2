-- What inspection found, told to Shopify's own return: a row an inspection, committed before the call, because the call is not idempotent.
create table return_disposition (
  store_id int not null,
  disposition_id bigint generated always as identity,
  return_id bigint not null,
  cause text not null,                     -- with line_key and disposition: the inspection
  line_key text not null,
  disposition text not null check (disposition in ('sellable', 'damaged', 'quarantine', 'scrap')),
  quantity int not null check (quantity > 0), -- units of the item
  raises boolean not null,                 -- accepted where Shopify keeps the stock: its stock there rises by these units, once
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'told', 'refused')),
  said jsonb not null default '[]',        -- what was sent: [{reverseLineId, quantity, type, locationId}]
  known text[] not null default '{}',      -- dispositions the return had before the call
  made jsonb not null default '{}',        -- {disposition: units} that are this row's, those somebody else had restocked among them
  units int not null default 0,            -- units of the order line Shopify was told of
  there int not null default 0,            -- accepted units that somebody had restocked in Shopify before
  adjusted int not null default 0,         -- accepted units added by a stock change instead
  message text,
  attempts int not null default 0,
  not_before timestamptz,
  sent_at timestamptz,
  settled_at timestamptz,
  created_at timestamptz not null,
  primary key (store_id, disposition_id),
  unique (store_id, cause, line_key, disposition)
);
create index return_disposition_open on return_disposition (store_id, disposition_id) where state in ('waiting', 'sent');
create index return_disposition_return on return_disposition (store_id, return_id);

-- Inspections from before: their stock has moved already, and Shopify's returns still wait for a word.
insert into return_disposition (store_id, return_id, cause, line_key, disposition, quantity, raises, created_at)
select i.store_id, i.return_id, i.cause, i.line_key, i.disposition, i.quantity, false, i.inspected_at
from return_inspection i join return_case r using (store_id, return_id) join return_line l using (store_id, return_id, line_key)
where r.reference like 'shopify/%' and l.line_id is not null and r.location_id is not null order by i.inspected_at, i.cause, i.line_key;
