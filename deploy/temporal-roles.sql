-- Temporal's role and its two databases; nobody else may enter them. Run it with psql, as an administrator; it may be run again.
\set ON_ERROR_STOP on
\getenv temporal_database_password TEMPORAL_DATABASE_PASSWORD
do $$ begin if not exists (select from pg_roles where rolname = 'temporal') then create role temporal; end if; end $$;
alter role temporal login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password :'temporal_database_password';
select format('create database %I owner temporal', name) from unnest(array['temporal', 'temporal_visibility']) name
 where not exists (select from pg_database where datname = name)
\gexec
revoke all on database temporal, temporal_visibility, postgres, template1 from public;
