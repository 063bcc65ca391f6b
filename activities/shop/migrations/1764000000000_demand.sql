-- Up Migration

create table inventory.demand (
  -- Of an article that need not be in stock, nor even exist.
  sku            text primary key,
  views          bigint not null check (views > 0),
  last_viewed_at timestamptz not null
);
