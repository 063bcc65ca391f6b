-- Up Migration

-- Stock is kept for each warehouse and article; what there was before lies in the main one.
alter table inventory.reservations drop constraint reservations_sku_fkey;
alter table inventory.stock add column warehouse text not null default 'main';
alter table inventory.stock drop constraint stock_pkey;
alter table inventory.stock add primary key (warehouse, sku);
create index stock_by_sku on inventory.stock (sku);

alter table inventory.reservations add column warehouse text not null default 'main';
alter table inventory.reservations drop constraint reservations_pkey;
alter table inventory.reservations add primary key (order_id, sku, step, warehouse);
alter table inventory.reservations add foreign key (warehouse, sku) references inventory.stock;
