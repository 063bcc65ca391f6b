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

create schema inventory;
create table inventory.stock (
  sku      text primary key,
  received bigint not null check (received >= 0),
  on_hand  bigint not null check (on_hand >= 0),
  reserved bigint not null default 0 check (reserved >= 0),
  shipped  bigint not null default 0 check (shipped >= 0),
  constraint stock_adds_up check (on_hand + reserved + shipped = received)
);
create table inventory.reservations (
  order_id   text not null,
  sku        text not null references inventory.stock,
  quantity   integer not null check (quantity > 0),
  state      text not null check (state in ('reserved', 'released', 'shipped')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (order_id, sku)
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
