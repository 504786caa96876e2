-- Every change of stock brings a products/update: whether such a product is as we know it is asked thousands of times a minute, by its own id.
create index variant_product on variant (store_id, shopify_product_id);
