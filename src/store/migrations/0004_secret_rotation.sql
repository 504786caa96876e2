-- While a client secret is being replaced, Shopify signs with the old one and with the new: both are accepted for a while.
alter table connection add column previous_client_secret bytea;   -- sealed under the same place as client_secret
alter table connection add column client_secret_since timestamptz;
