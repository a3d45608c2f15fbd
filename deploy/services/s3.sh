# shellcheck shell=bash
# The S3 server of deploy/services.sh: the one that the environment names, minio
# if there is one, or else MinIO built from its last version.

minio_part=minio-v0.0.0-20260212201848-7aac2a2c5b7c

s3_find() { # sets $s3
	s3=built
	if command -v minio >/dev/null; then s3=minio; fi
	if [ -z "${KAOPING_TEST_S3_ENDPOINT:-}" ]; then return 0; fi
	s3=given
	if [ -z "${KAOPING_TEST_S3_ACCESS_KEY:-}" ] || [ -z "${KAOPING_TEST_S3_SECRET_KEY:-}" ]; then
		refuse "KAOPING_TEST_S3_ENDPOINT is set: set KAOPING_TEST_S3_ACCESS_KEY and KAOPING_TEST_S3_SECRET_KEY too"
	fi
}

s3_cannot() { # WHY
	local tried="The minio on PATH was tried"
	if [ "$s3" = built ]; then tried="There is no minio on PATH; instead of it MinIO is built with Go, which takes its module proxy and some minutes"; fi
	refuse "An S3 server cannot be brought up here: $1. $tried. Put a minio on PATH, or start any S3 server with object lock and set KAOPING_TEST_S3_ENDPOINT to it, such as http://127.0.0.1:9000, with KAOPING_TEST_S3_ACCESS_KEY and KAOPING_TEST_S3_SECRET_KEY, and run this again."
}

s3_prepare() {
	if [ "$s3" != built ]; then return 0; fi
	make_part "$minio_part" "building MinIO (four to seven minutes, once)" || s3_cannot "MinIO cannot be built"
}

random() { od -An -N 16 -tx1 /dev/urandom | tr -d ' \n'; }

s3_begin() { # says the variables to export
	local here=$state/s3
	mkdir -p "$here/data"
	case $s3 in
	minio) ln -s "$(command -v minio)" "$here/minio" ;;
	built) ln -s "$cache/$minio_part/minio" "$here/minio" ;;
	esac
	(umask 077 && random >"$here/access" && random >"$here/secret")
	try_ports "$here" s3_start || s3_cannot "the server did not start"
	printf 'export KAOPING_TEST_S3_ENDPOINT=http://127.0.0.1:%s\n' "$(cat "$here/port")"
	printf 'export KAOPING_TEST_S3_ACCESS_KEY=%s KAOPING_TEST_S3_SECRET_KEY=%s\n' "$(cat "$here/access")" "$(cat "$here/secret")"
}

s3_start() {
	local here=$state/s3 port
	if s3_runs; then return 0; fi
	port=$(cat "$here/port")
	launch "$here" minio env -i PATH="$PATH" HOME="$here" MINIO_BROWSER=off MINIO_UPDATE=off \
		MINIO_ROOT_USER="$(cat "$here/access")" MINIO_ROOT_PASSWORD="$(cat "$here/secret")" \
		"$here/minio" server --quiet --address "127.0.0.1:$port" "$here/data"
	ready "$here" minio "$state/probe" http "http://127.0.0.1:$port/minio/health/ready"
}

s3_runs() { runs "$state/s3" minio; }

s3_stop() { end "$state/s3" minio TERM; }

s3_kill() { end "$state/s3" minio KILL; }

s3_end() { s3_kill; }
