#!/usr/bin/env bash
# Makes deploy/secrets/*.env with random passwords, one file per container, each with nothing but its own secrets.
# What is there already is kept: secrets.sh [FOLDER]
set -euo pipefail
folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"
[ ! -e "$folder/migrate.env" ] || { echo "$folder is there already; nothing changed"; exit 0; }

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
admin=$(random) broker=$(random)
amqp="amqp://pinlian:$broker@rabbitmq:5672/"

printf 'POSTGRES_USER=pinlian_admin\nPOSTGRES_PASSWORD=%s\nPOSTGRES_DB=pinlian\n' "$admin" >"$folder/postgres.env"
printf 'RABBITMQ_DEFAULT_USER=pinlian\nRABBITMQ_DEFAULT_PASS=%s\n' "$broker" >"$folder/rabbitmq.env"
{
  printf 'PINLIAN_ADMIN_DATABASE_URL=postgresql://pinlian_admin:%s@postgres:5432/pinlian\n' "$admin"
  printf 'PINLIAN_AMQP_URL=%s\n' "$amqp"
} >"$folder/migrate.env"
for service in demand supplier campaign reputation gateway; do
  name=PINLIAN_$(printf %s "$service" | tr a-z A-Z)_DATABASE_URL
  line="$name=postgresql://pinlian_$service:$(random)@postgres:5432/pinlian"
  printf '%s\n' "$line" >>"$folder/migrate.env"
  printf '%s\nPINLIAN_AMQP_URL=%s\n' "$line" "$amqp" >"$folder/$service.env"
done
printf 'PINLIAN_REDIS_URL=redis://redis:6379/0\n' >>"$folder/gateway.env"
echo "wrote $folder/*.env"
