# shellcheck shell=sh
# Runs as postgres inside the Debian folder: makes the empty database that
# every run copies. PostgreSQL listens on a socket in its data folder only, and
# so do the jobs of DocumentDB (TTL, index builds), which find it there through
# the settings that deploy/services/mongo.sh gives at start.
initdb -D /srv/template --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions
cat >>/srv/template/postgresql.conf <<'CONF'
listen_addresses = ''
unix_socket_permissions = 0700
dynamic_shared_memory_type = mmap
max_connections = 200
max_worker_processes = 16
shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'
cron.database_name = 'postgres'
cron.use_background_workers = on
CONF
pg_ctl -w -D /srv/template -l /srv/template/making.log -o '-k /srv/template' start
psql -v ON_ERROR_STOP=1 -h /srv/template -d postgres -c 'CREATE EXTENSION documentdb CASCADE'
pg_ctl -w -D /srv/template -m fast stop
rm /srv/template/making.log
