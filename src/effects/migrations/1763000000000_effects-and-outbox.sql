-- Up Migration

-- One row for each step that was done, refused or compensated. The row is written in the transaction of the effect itself,
-- so that a step is done once, however often its activity runs; a row `compensated` without a result is a tombstone: the
-- compensation overtook the step, which will find it and do nothing.
create table sagaline.effects (
  key        text primary key,
  state      text not null check (state in ('begun', 'done', 'refused', 'compensating', 'compensated')),
  result     jsonb,
  -- What a provider was asked under the key: with it a step can be compensated by somebody who has nothing but the key, when the
  -- workflow that knew the request is gone.
  request    jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
-- The relay removes the rows of processes that are over, the oldest first.
create index effects_by_age on sagaline.effects (updated_at, key);
-- All steps of one process, by the beginning of their keys.
create index effects_by_process on sagaline.effects (key text_pattern_ops);

-- Events that a flush has applied, so that a repeat of any age that the stream can bring is applied once. Written in the
-- transaction of the flush; each flush also forgets some of the oldest, so that the table needs no janitor.
create table sagaline.applied_events (
  -- Of effect, source and id: 16 bytes of their SHA-256, for identities may be hundreds of characters long.
  event      uuid primary key,
  applied_at timestamptz not null default now()
);
create index applied_events_by_age on sagaline.applied_events (applied_at);

-- Events and dead letters on their way to JetStream, written in the transaction of the effect that they tell of.
create table sagaline.outbox (
  id           bigint generated always as identity primary key,
  -- Rows of one entity are published in the order of their ids, which is that of their commits: each is written under a
  -- lock of its entity.
  entity       text not null,
  event_id     text not null,
  source       text not null,
  subject      text not null check (subject ~ '^(evt|dlq)([.][A-Za-z0-9_-]+)+$'),
  -- One for each stream: a stream that takes nothing at present delays its own rows only.
  lane         text not null generated always as (split_part(subject, '.', 1)) stored,
  body         bytea not null,
  -- Of a dead letter: exactly these go out. Null for an event, which has those of a structured CloudEvent.
  headers      jsonb,
  created_at   timestamptz not null default now(),
  -- The login role that has written the row: nobody else may give this column a value.
  written_by   text not null default current_user,
  published_at timestamptz,
  -- Why the latest attempt failed. The row waits, unless it is set aside.
  failure      text,
  failed_at    timestamptz,
  -- The stream refuses this row for good: it waits for a person, and nothing waits for it.
  set_aside_at timestamptz,
  discarded_at timestamptz,
  -- The latest decision about a row that was set aside: who has redriven or discarded it, and why.
  decided_by   text,
  decided_why  text
);
create index outbox_waiting on sagaline.outbox (lane, id) where published_at is null and set_aside_at is null;
create index outbox_set_aside on sagaline.outbox (id) where set_aside_at is not null;

-- Providers that an operator has paused: workers make no calls to them until the time is over, or the row is gone.
create table sagaline.paused_providers (
  provider     text primary key,
  paused_by    text not null,
  paused_why   text not null,
  paused_at    timestamptz not null,
  paused_until timestamptz not null
);

-- How far each lane of a batch subscription has been applied, and who reads it. The position is written in the transaction of
-- the handler. Rows are changed several times a second: the room keeps the new versions on their page, out of the index.
create table sagaline.subscription_lanes (
  subscription text not null,
  lane         integer not null,
  -- In the stream of events: all events of the lane up to this sequence are applied, or are dead letters.
  sequence     bigint not null default 0,
  -- When the stream was made to which the sequence refers.
  stream       text,
  holder       text,
  held_until   timestamptz,
  primary key (subscription, lane)
) with (fillfactor = 50);

-- The members of a batch subscription that are there, to share its lanes among them.
create table sagaline.subscription_members (
  subscription text not null,
  member       text not null,
  seen_until   timestamptz not null,
  primary key (subscription, member)
);
