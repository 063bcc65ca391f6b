-- Up Migration

-- What has happened to each order, made of the stream by the subscription order-timeline.
create table orders.timeline (
  order_id text not null,
  source   text not null,
  id       text not null,
  -- In the stream: the order in which things happened, as far as the shop knows.
  sequence bigint not null,
  at       timestamptz not null,
  type     text not null,
  what     text not null,
  -- The last rebuild that has made this row; null where none has.
  rebuild  bigint,
  primary key (order_id, source, id)
);
create index timeline_by_sequence on orders.timeline (sequence);
create sequence orders.timeline_rebuilds;
