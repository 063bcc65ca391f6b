-- Articles of the example orders, for deploy/sandbox.env. Run it with psql, as the owner of the tables; it may be run again.
\set ON_ERROR_STOP on
insert into inventory.stock (warehouse, sku, received, on_hand) values
  ('main', 'TEA-GREEN-250', 100000, 100000),
  ('main', 'TEA-POT-GLASS', 100000, 100000)
on conflict (warehouse, sku) do nothing;
