-- What goes out in exchange for returned goods, as Shopify's return says: a document of its own, beside the refund, the goods that come back and what was done with them.
create table return_exchange (
  store_id int not null,
  exchange_id bigint not null,             -- Shopify's
  return_id bigint not null,
  variant_id bigint,                       -- null: deleted in Shopify
  quantity int not null,
  processed int not null,                  -- units that became lines of the order
  line_ids bigint[] not null,              -- those lines
  updated_at timestamptz not null,
  primary key (store_id, exchange_id)
);
create index return_exchange_of on return_exchange (store_id, return_id);
-- Returns of the last sixty days are read once more, with their exchanges.
delete from cursor where name = 'returns';

-- Whether Shopify mails the customer when a parcel from here becomes a fulfilment.
alter table push_policy add column notify_customer boolean not null default true;
