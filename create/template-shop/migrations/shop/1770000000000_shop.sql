-- Up Migration

create schema if not exists shop;
create table shop.stock (
  sku  text primary key,
  free integer not null check (free >= 0)
);
create table shop.reservations (
  key      text primary key,
  sku      text not null references shop.stock,
  quantity integer not null
);
create table shop.payments (
  payment_id text primary key,
  order_id   text not null,
  amount     integer not null
);
create table shop.confirmed_orders (
  order_id     text primary key,
  confirmed_at timestamptz not null default now()
);
-- To begin with.
insert into shop.stock (sku, free) values ('book', 1000), ('sold-out', 0);
