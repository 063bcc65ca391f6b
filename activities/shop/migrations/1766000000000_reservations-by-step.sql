-- Up Migration

-- An order may have several reservations, each made by a step of its own: the first one, and one for each amendment that
-- wanted more. A step that is compensated gives back what is left of its own.
alter table inventory.reservations add column step text;
update inventory.reservations set step = order_id || ':reserveStock:0';
alter table inventory.reservations alter column step set not null;
alter table inventory.reservations drop constraint reservations_pkey;
alter table inventory.reservations add primary key (order_id, sku, step);
