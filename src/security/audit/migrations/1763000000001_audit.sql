-- Up Migration

-- What operators have done and read. Records are added and read, never changed: roles have no other right, the owner has taken
-- the others from itself, and triggers refuse the rest. Each record has the hash of the one before it: docs/audit.md.
create table sagaline.audit (
  sequence      bigint primary key check (sequence > 0),
  recorded_at   timestamptz not null,
  -- The login role of the connection, which PostgreSQL has authenticated; whatever the client claims.
  role          text not null,
  actor         text not null check (octet_length(actor) between 1 and 1000),
  verified      boolean not null,
  -- A `change` is recorded before it is made, and gets an `outcome`. A `request` waits for the `approval` of another person.
  kind          text not null check (kind in ('change', 'outcome', 'read', 'request', 'approval')),
  action        text not null check (octet_length(action) between 1 and 200),
  target        text not null check (octet_length(target) between 1 and 2000),
  -- A JSON object in its canonical form, exactly as it was hashed.
  details       text not null check (octet_length(details) <= 65536 and json_typeof(details::json) = 'object'),
  -- The `change` of an outcome, the `request` of an approval.
  refers_to     bigint check ((refers_to is null) = (kind not in ('outcome', 'approval')) and refers_to < sequence),
  previous_hash text not null check (previous_hash ~ '^[0-9a-f]{64}$'),
  hash          text not null check (hash ~ '^[0-9a-f]{64}$')
);
-- One outcome for each change, one approval for each request.
create unique index audit_refers_to on sagaline.audit (refers_to) where refers_to is not null;

-- A field of what is hashed: a netstring, so that no two lists of fields have the same encoding.
create function sagaline.audit_field(value text) returns text
  language sql immutable strict set search_path = pg_catalog, pg_temp
  as $$ select octet_length(convert_to(value, 'UTF8')) || ':' || value || ',' $$;

-- What is hashed of a record: src/security/audit/record.ts makes the same of what it reads.
create function sagaline.audit_encoding(entry sagaline.audit) returns text
  language sql stable set search_path = pg_catalog, pg_temp
  as $$
    select string_agg(sagaline.audit_field(value), '' order by position)
      from unnest(array[
        'sagaline-audit-1',
        entry.previous_hash,
        entry.sequence::text,
        to_char(entry.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        entry.role,
        entry.actor,
        entry.verified::text,
        entry.kind,
        entry.action,
        entry.target,
        entry.details,
        coalesce(entry.refers_to::text, '')
      ]) with ordinality as fields (value, position)
  $$;

-- Position, time, role and hashes are made here, whatever the client has sent. One writer after the other: the lock is held
-- until the record is committed, so that the next one finds it.
create function sagaline.audit_append() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
  as $$
    declare
      last record;
    begin
      perform pg_advisory_xact_lock(hashtextextended('sagaline.audit', 0));
      select sequence, hash into last from sagaline.audit order by sequence desc limit 1;
      new.sequence := coalesce(last.sequence, 0) + 1;
      new.recorded_at := clock_timestamp();
      new.role := session_user;
      new.previous_hash := coalesce(last.hash, repeat('0', 64));
      new.hash := encode(sha256(convert_to(sagaline.audit_encoding(new), 'UTF8')), 'hex');
      return new;
    end
  $$;

create function sagaline.audit_refuse() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
  as $$
    begin
      raise exception 'records of the audit are never changed or removed' using errcode = 'insufficient_privilege';
    end
  $$;

create trigger audit_append before insert on sagaline.audit
  for each row execute function sagaline.audit_append();
create trigger audit_append_only before update or delete or truncate on sagaline.audit
  for each statement execute function sagaline.audit_refuse();
-- Also for a session that replicates.
alter table sagaline.audit enable always trigger audit_append_only;

revoke all on sagaline.audit from public;
revoke update, delete, truncate on sagaline.audit from current_user;
