# shellcheck shell=bash
# The MongoDB server of deploy/services.sh: the one that the environment names,
# mongod if there is one, or else FerretDB in front of PostgreSQL with DocumentDB.

debian_part=debian-forky-1 # counted up when its recipe in make.sh changes
ferretdb_part=ferretdb-v2.7.0

mongo_find() { # sets $mongo
	mongo=ferretdb
	if command -v mongod >/dev/null; then mongo=mongod; fi
	if [ -n "${KAOPING_TEST_MONGO_URI:-}" ]; then mongo=given; fi
}

mongo_cannot() { # WHY
	local tried="The mongod on PATH was tried"
	if [ "$mongo" = ferretdb ]; then
		tried="There is no mongod on PATH; instead of it PostgreSQL 18 with DocumentDB is brought in a folder of its own, with FerretDB in front, which takes Linux, root, a Debian with its package archive (debootstrap is installed if need be), and Go with its module proxy"
	fi
	refuse "A MongoDB server cannot be brought up here: $1. $tried. Put a mongod 7 or 8 on PATH, or start one anywhere and set KAOPING_TEST_MONGO_URI to it, such as mongodb://127.0.0.1:27017/, and run this again."
}

mongo_prepare() {
	if [ "$mongo" != ferretdb ]; then return 0; fi
	if [ "$(uname -s)" != Linux ]; then mongo_cannot "this is not Linux"; fi
	if [ "$(id -u)" != 0 ]; then mongo_cannot "this is not root"; fi
	if ! command -v debootstrap >/dev/null && ! command -v apt-get >/dev/null; then mongo_cannot "there is no debootstrap"; fi
	# A socket's name has at most 107 bytes, 40 of them after the cache's.
	if [ ${#cache} -gt 67 ]; then mongo_cannot "the name of the cache folder $cache is too long for a socket; set KAOPING_TEST_CACHE to a shorter one"; fi
	make_part "$debian_part" "bringing PostgreSQL 18 with DocumentDB in a Debian folder (1 GB, one to three minutes, once)" ||
		mongo_cannot "the Debian folder cannot be made"
	make_part "$ferretdb_part" "building FerretDB (about two minutes, once)" ||
		mongo_cannot "FerretDB cannot be built"
}

mongo_begin() { # says the variable to export
	local here=$state/mongo
	mkdir -p "$here"
	if [ "$mongo" = mongod ]; then
		mkdir "$here/data"
		ln -s "$(command -v mongod)" "$here/mongod"
	else
		ln -s "$cache/$ferretdb_part/ferretdb" "$here/ferretdb"
		ln -s "$cache/$debian_part" "$here/debian"
		ln -s "debian/srv/kaoping/${state##*/}" "$here/data"
		cp -a "$cache/$debian_part/srv/template" "$cache/$debian_part/srv/kaoping/${state##*/}"
	fi
	try_ports "$here" mongo_start || mongo_cannot "the server did not start"
	printf 'export KAOPING_TEST_MONGO_URI=mongodb://127.0.0.1:%s/\n' "$(cat "$here/port")"
}

mongo_start() {
	local here=$state/mongo port data inside
	if mongo_runs; then return 0; fi
	port=$(cat "$here/port")
	if [ -e "$here/mongod" ]; then
		launch "$here" mongod "$here/mongod" --dbpath "$here/data" --bind_ip 127.0.0.1 --port "$port" --nounixsocket --quiet
		ready "$here" mongod "$state/probe" mongo "127.0.0.1:$port"
		return
	fi
	data=/srv/kaoping/${state##*/}
	inside=(chroot "$here/debian" setpriv --reuid=postgres --regid=postgres --clear-groups --no-new-privs
		env -i PATH=/usr/lib/postgresql/18/bin:/usr/bin LC_ALL=C.UTF-8)
	# Its shared memory goes with it even after a crash, where that is allowed.
	if unshare --ipc true 2>/dev/null; then inside=(unshare --ipc "${inside[@]}"); fi
	if ! runs "$here" postgres; then
		# After a crash its pid may still be that of a zombie, which PostgreSQL
		# would take for itself.
		rm -f "$here/data/postmaster.pid" "$here/data/.s.PGSQL.5432.lock"
		launch "$here" postgres "${inside[@]}" postgres -D "$data" -k "$data" \
			-c "documentdb.localhost_connection_string=host=$data"
	fi
	ready "$here" postgres "${inside[@]}" pg_isready -q -h "$data" || return 1
	launch "$here" ferretdb env -i PATH="$PATH" PGHOST="$here/data" PGUSER=postgres "$here/ferretdb" \
		--postgresql-url=postgres:///postgres --listen-addr="127.0.0.1:$port" --debug-addr=- \
		--no-auth --telemetry=disable --log-level=WARN --state-dir="$here"
	ready "$here" ferretdb "$state/probe" mongo "127.0.0.1:$port"
}

mongo_runs() {
	if [ -e "$state/mongo/ferretdb" ]; then
		runs "$state/mongo" postgres && runs "$state/mongo" ferretdb
	else
		runs "$state/mongo" mongod
	fi
}

mongo_take_down() { # SIGNAL POSTGRES_SIGNAL
	local here=$state/mongo
	end "$here" mongod "$1" && end "$here" ferretdb "$1" && end "$here" postgres "$2" || return 1
	if [ -L "$here/data" ]; then evict "$here/data"; fi
}

mongo_stop() { mongo_take_down TERM INT; } # INT: PostgreSQL's fast shutdown

mongo_kill() { mongo_take_down KILL KILL; }

mongo_end() { # QUIT: PostgreSQL ends at once, and cleans up after itself
	local data
	mongo_take_down KILL QUIT || return 1
	if [ -L "$state/mongo/data" ]; then
		data=$(readlink -f "$state/mongo/data")
		rm -rf "$data"
	fi
}
