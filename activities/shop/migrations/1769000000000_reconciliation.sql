-- Up Migration

-- For the reconciliation: the orders that are open, or have changed lately, without reading all the others.
create index orders_open on orders.orders (order_id) where state in ('placing', 'confirmed');
create index orders_by_change on orders.orders (updated_at);
