-- Tags of products, as the shop has them: words of the merchant's own, and nobody's name. As of when the shop said so, so that what is heard late changes nothing.
create table product_tags (
  store_id int not null references store,
  shopify_product_id bigint not null,
  tags text[] not null,
  as_of timestamptz not null,
  primary key (store_id, shopify_product_id)
);
alter table buffer_rule drop constraint buffer_rule_scope_check;
alter table buffer_rule add constraint buffer_rule_scope_check check (scope in ('item', 'tag', 'product type', 'vendor'));
-- Every product is read once more, with its tags.
delete from cursor where name = 'catalogue.whole';
