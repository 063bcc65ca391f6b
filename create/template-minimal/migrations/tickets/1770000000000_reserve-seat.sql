-- Up Migration

create schema if not exists tickets;
create table tickets.reserve_seat (
  key        text primary key,
  id         text not null,
  created_at timestamptz not null default now()
);
