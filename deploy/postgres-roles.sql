-- Written by "sagaline database roles": it takes each password from an environment variable.
\set ON_ERROR_STOP on
\getenv owner_database_password OWNER_DATABASE_PASSWORD
\getenv gateway_database_password GATEWAY_DATABASE_PASSWORD
\getenv subscriber_database_password SUBSCRIBER_DATABASE_PASSWORD
\getenv relay_database_password RELAY_DATABASE_PASSWORD
\getenv operator_database_password OPERATOR_DATABASE_PASSWORD
\getenv console_database_password CONSOLE_DATABASE_PASSWORD
\getenv codec_server_database_password CODEC_SERVER_DATABASE_PASSWORD
\getenv worker_orders_database_password WORKER_ORDERS_DATABASE_PASSWORD
\getenv worker_inventory_database_password WORKER_INVENTORY_DATABASE_PASSWORD
\getenv worker_payments_database_password WORKER_PAYMENTS_DATABASE_PASSWORD
\getenv worker_shipping_database_password WORKER_SHIPPING_DATABASE_PASSWORD
\getenv worker_notifications_database_password WORKER_NOTIFICATIONS_DATABASE_PASSWORD
-- Run it as an administrator, in the database of the project. It may be run again.
begin;
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_owner') then
  create role "sagaline_owner"; end if; end $$;
alter role "sagaline_owner" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'owner_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_gateway') then
  create role "sagaline_gateway"; end if; end $$;
alter role "sagaline_gateway" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'gateway_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_subscriber') then
  create role "sagaline_subscriber"; end if; end $$;
alter role "sagaline_subscriber" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'subscriber_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_relay') then
  create role "sagaline_relay"; end if; end $$;
alter role "sagaline_relay" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'relay_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_operator') then
  create role "sagaline_operator"; end if; end $$;
alter role "sagaline_operator" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'operator_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_console') then
  create role "sagaline_console"; end if; end $$;
alter role "sagaline_console" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'console_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_codec_server') then
  create role "sagaline_codec_server"; end if; end $$;
alter role "sagaline_codec_server" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'codec_server_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_worker_orders') then
  create role "sagaline_worker_orders"; end if; end $$;
alter role "sagaline_worker_orders" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'worker_orders_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_worker_inventory') then
  create role "sagaline_worker_inventory"; end if; end $$;
alter role "sagaline_worker_inventory" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'worker_inventory_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_worker_payments') then
  create role "sagaline_worker_payments"; end if; end $$;
alter role "sagaline_worker_payments" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'worker_payments_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_worker_shipping') then
  create role "sagaline_worker_shipping"; end if; end $$;
alter role "sagaline_worker_shipping" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'worker_shipping_database_password';
do $$ begin if not exists (select from pg_roles where rolname = 'sagaline_worker_notifications') then
  create role "sagaline_worker_notifications"; end if; end $$;
alter role "sagaline_worker_notifications" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit password :'worker_notifications_database_password';

-- Every statement of ours names its schema: a table that somebody else makes is never taken for one of ours.
alter role "sagaline_gateway" set search_path = '';
alter role "sagaline_subscriber" set search_path = '';
alter role "sagaline_relay" set search_path = '';
alter role "sagaline_operator" set search_path = '';
alter role "sagaline_console" set search_path = '';
alter role "sagaline_codec_server" set search_path = '';
alter role "sagaline_worker_orders" set search_path = '';
alter role "sagaline_worker_inventory" set search_path = '';
alter role "sagaline_worker_payments" set search_path = '';
alter role "sagaline_worker_shipping" set search_path = '';
alter role "sagaline_worker_notifications" set search_path = '';

-- Nobody but the owner makes anything, temporary tables included.
do $$ begin execute format('alter database %I owner to "sagaline_owner"', current_database()); end $$;
do $$ begin execute format('revoke all on database %I from public', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_gateway"', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_subscriber"', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_relay"', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_operator"', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_console"', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_codec_server"', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_worker_orders"', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_worker_inventory"', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_worker_payments"', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_worker_shipping"', current_database()); end $$;
do $$ begin execute format('grant connect on database %I to "sagaline_worker_notifications"', current_database()); end $$;
revoke all on schema public from public;
alter default privileges for role "sagaline_owner" revoke execute on functions from public;

-- Large objects belong to no table, and everybody may make them.
revoke execute on function pg_catalog.lo_creat(integer) from public;
revoke execute on function pg_catalog.lo_create(oid) from public;
revoke execute on function pg_catalog.lo_from_bytea(oid, bytea) from public;
revoke execute on function pg_catalog.lo_open(oid, integer) from public;
revoke execute on function pg_catalog.lo_put(oid, bigint, bytea) from public;
revoke execute on function pg_catalog.lowrite(integer, bytea) from public;
revoke execute on function pg_catalog.lo_unlink(oid) from public;
commit;
