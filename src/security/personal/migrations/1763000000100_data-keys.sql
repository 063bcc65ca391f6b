-- Up Migration

-- A key for the personal data of each data subject, encrypted with a master key that the database does not have. To erase the
-- data of a subject, its key is destroyed: nothing that was encrypted with it can be read again, wherever copies of it are.
create table sagaline.data_keys (
  id           uuid primary key,
  -- The id that contracts give: never a name or an address.
  subject      text not null,
  -- Null once it is destroyed.
  wrapped      bytea,
  master_key   text not null,
  created_at   timestamptz not null default now(),
  destroyed_at timestamptz,
  -- Who has erased the data subject, and why.
  destroyed_by text,
  destroyed_why text,
  check ((wrapped is null) = (destroyed_at is not null))
);
-- One key for a subject at a time, however many processes meet it first.
create unique index data_keys_in_use on sagaline.data_keys (subject) where destroyed_at is null;
create index data_keys_by_subject on sagaline.data_keys (subject);

-- The processes, by correlation key, that have got personal data of a key: an erasure waits for their end.
create table sagaline.data_key_uses (
  key_id  uuid not null references sagaline.data_keys,
  process text not null,
  used_at timestamptz not null default now(),
  primary key (key_id, process)
);
