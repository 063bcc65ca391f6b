-- Up Migration

create schema orders;
create table orders.orders (
  order_id    text primary key,
  -- First run of the workflow that opened the order: no other saga may work on it.
  opened_by   text not null,
  customer_id text not null,
  state       text not null check (state in ('placing', 'confirmed', 'completed', 'rejected', 'compensated',
                                             'cancelled', 'refunded')),
  reason      text,
  -- Minor units of the currency, a code of ISO 4217; 0 for a free order.
  amount      bigint not null check (amount between 0 and 1000000000000000),
  currency    text not null check (currency ~ '^[A-Z]{3}$'),
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
-- For the reconciliation: the orders that are open, or have changed lately, without reading all the others.
create index orders_open on orders.orders (order_id) where state in ('placing', 'confirmed');
create index orders_by_change on orders.orders (updated_at);

-- The history of each order, which the subscription order-timeline writes from the stream.
create table orders.timeline (
  order_id text not null,
  source   text not null,
  id       text not null,
  -- Sequence in the stream: the order of the events, as far as the shop knows it.
  sequence bigint not null,
  at       timestamptz not null,
  type     text not null,
  what     text not null,
  -- The latest rebuild that has written this row; null if none has.
  rebuild  bigint,
  primary key (order_id, source, id)
);
create index timeline_by_sequence on orders.timeline (sequence);
create sequence orders.timeline_rebuilds;

create schema inventory;
create table inventory.stock (
  warehouse text not null default 'main',
  sku       text not null,
  received  bigint not null check (received >= 0),
  on_hand   bigint not null check (on_hand >= 0),
  reserved  bigint not null default 0 check (reserved >= 0),
  shipped   bigint not null default 0 check (shipped >= 0),
  primary key (warehouse, sku),
  constraint stock_adds_up check (on_hand + reserved + shipped = received)
);
create index stock_by_sku on inventory.stock (sku);
create table inventory.reservations (
  order_id   text not null,
  sku        text not null,
  -- Key of the step that made it. An order may have several reservations, and the compensation of a step gives back what
  -- is left of its own.
  step       text not null,
  warehouse  text not null,
  quantity   integer not null check (quantity > 0),
  state      text not null check (state in ('reserved', 'released', 'shipped')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (order_id, sku, step, warehouse),
  foreign key (warehouse, sku) references inventory.stock
);
create table inventory.demand (
  -- The sku of an article, which need not be in stock, and may not even exist.
  sku            text primary key,
  views          bigint not null check (views > 0),
  last_viewed_at timestamptz not null
);

create schema payments;
create table payments.payments (
  payment_id text primary key,
  order_id   text not null,
  state      text not null check (state in ('pending', 'authorized', 'declined', 'voided', 'captured', 'refunded')),
  amount     bigint not null check (amount between 1 and 1000000000000000),
  captured   bigint not null default 0 check (captured between 0 and amount),
  refunded   bigint not null default 0 check (refunded between 0 and captured),
  currency   text not null check (currency ~ '^[A-Z]{3}$'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index payments_by_order on payments.payments (order_id);

create schema logistics;
create table logistics.shipments (
  shipment_id     text primary key,
  order_id        text not null,
  tracking_number text not null,
  state           text not null check (state in ('booked', 'canceled')),
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now()
);
create index shipments_by_order on logistics.shipments (order_id);

create schema notifications;
create table notifications.messages (
  key        text primary key,
  order_id   text not null,
  recipient  text not null,
  template   text not null,
  "values"   jsonb not null,
  created_at timestamptz not null default now()
);
create index messages_by_order on notifications.messages (order_id);
