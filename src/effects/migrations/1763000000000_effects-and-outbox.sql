-- Up Migration

-- One row for each step that was done, refused or undone. The row is written in the transaction of the effect itself,
-- so that a step is done once, however often its activity runs; a row `undone` without a result is a tombstone: the
-- undo overtook the step, which will find it and do nothing.
create table sagaline.effects (
  key        text primary key,
  state      text not null check (state in ('begun', 'done', 'refused', 'undoing', 'undone')),
  result     jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Events on their way to JetStream, written in the transaction of the effect that they tell of.
create table sagaline.outbox (
  id           bigint generated always as identity primary key,
  -- Rows of one entity are published in the order of their ids.
  entity       text not null,
  event_id     text not null,
  source       text not null,
  subject      text not null,
  body         bytea not null,
  -- Of a dead letter: exactly these go out. Null for an event, which has those of a structured CloudEvent.
  headers      jsonb,
  created_at   timestamptz not null default now(),
  published_at timestamptz
);
create index outbox_unpublished on sagaline.outbox (id) where published_at is null;
