#!/bin/bash
# What our compose file asks of the official image's script of this name: as root it gives the data to `postgres` and goes on as
# that user; an empty folder becomes a cluster with POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB, set up by a server that
# listens on its socket alone.
set -Eeuo pipefail

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  chmod 3775 /var/run/postgresql
  find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
  exec setpriv --reuid postgres --regid postgres --init-groups -- "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD")
  printf '\nhost all all all scram-sha-256\n' >> "$PGDATA/pg_hba.conf"
  # The official image's own settings.
  printf "listen_addresses = '*'\nunix_socket_directories = '/var/run/postgresql'\n" >> "$PGDATA/postgresql.conf"
  shift
  pg_ctl -D "$PGDATA" -o "$(printf '%q ' "$@" -c listen_addresses= -p 5432)" -w start
  psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-psqlrc --dbname postgres \
    --set db="$POSTGRES_DB" <<< 'create database :"db"'
  pg_ctl -D "$PGDATA" -m fast -w stop
  set -- postgres "$@"
fi
exec "$@"
