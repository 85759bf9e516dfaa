#!/usr/bin/env bash
# The part of the official image's entrypoint that Signalbox relies on: the first start makes the database cluster
# that the POSTGRES_* variables describe, every start runs the server as the user postgres in place of this shell.
set -euo pipefail

[ "${1:--}" != - ] && [ "${1:0:1}" != - ] || set -- postgres "$@"
[ "$1" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  # A volume may come with any owner, and PostgreSQL refuses to run as root.
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA"
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  [ -z "${POSTGRES_PASSWORD_FILE:-}" ] || POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
    echo "Set POSTGRES_PASSWORD to a password for the superuser \"$user\"." >&2
    exit 1
  fi
  # Through the socket inside the container no password is asked, which health checks rely on.
  initdb --username="$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-}") --auth-local=trust \
    --auth-host="$method" --encoding=UTF8 ${POSTGRES_INITDB_ARGS:-}
  printf 'host all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"
  printf "listen_addresses = '*'\n" >>"$PGDATA/postgresql.conf"

  # Clients see the server only once it is complete: until then it listens on the socket alone.
  pg_ctl --wait --options="-c listen_addresses=''" start
  if [ "$database" != postgres ]; then
    psql --username="$user" --dbname=postgres --no-psqlrc -v ON_ERROR_STOP=1 -v name="$database" \
      <<<'CREATE DATABASE :"name";'
  fi
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) . "$file" ;;
      *.sql) psql --username="$user" --dbname="$database" --no-psqlrc -v ON_ERROR_STOP=1 --file="$file" ;;
    esac
  done
  pg_ctl --wait --mode=fast stop
fi

exec "$@"
