-- Up Migration

-- Events that a flush has applied, so that a repeat of any age that the stream can bring is applied once. Written in the
-- transaction of the flush; each flush also forgets some of the oldest, so that the table needs no janitor.
create table sagaline.applied_events (
  -- Of effect, source and id: 16 bytes of their SHA-256, for identities may be hundreds of characters long.
  event      uuid primary key,
  applied_at timestamptz not null default now()
);
create index applied_events_by_age on sagaline.applied_events (applied_at);
