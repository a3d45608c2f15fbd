#!/usr/bin/env bash
# Brings up real servers for the tests of the production engines: one that
# speaks MongoDB's protocol and one that speaks S3, on free ports of the
# loopback interface, each with an empty database. docs/test-servers.md says
# what they are, what they leave where, and how to use one's own instead.
#
#   deploy/services.sh run -- COMMAND…   both for as long as COMMAND runs
#   deploy/services.sh up | down         both for development; up prints exports for eval
#   deploy/services.sh prepare           only fill the cache (about ten minutes, once)
#   deploy/services.sh status            what is cached and what runs
#   deploy/services.sh stop|kill|start mongo|s3 [STATE_DIR]
#                                        in mid-test: shut down, crash, go on with the same data
#
# COMMAND finds KAOPING_TEST_MONGO_URI, KAOPING_TEST_S3_ENDPOINT (a URL),
# KAOPING_TEST_S3_ACCESS_KEY, KAOPING_TEST_S3_SECRET_KEY, and the state folder
# in KAOPING_TEST_SERVICES. A server that the environment names already is used
# as it is. COMMAND must not read from a terminal.
set -eu
unset CDPATH
if [ -t 0 ]; then exec </dev/null; fi # a background group may not read a terminal
deploy=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
# shellcheck source-path=SCRIPTDIR
. "$deploy/services/process.sh"
# shellcheck source-path=SCRIPTDIR
. "$deploy/services/cache.sh"
# shellcheck source-path=SCRIPTDIR
. "$deploy/services/mongo.sh"
# shellcheck source-path=SCRIPTDIR
. "$deploy/services/s3.sh"

# begin [FOLDER]: makes the state folder and starts in it what the environment
# does not name. Sets $state; leaves it empty when there is nothing to start.
begin() {
	state=""
	mongo_find
	s3_find
	if [ "$mongo$s3" = givengiven ]; then return 0; fi
	cache_open
	mongo_prepare
	s3_prepare
	cache_sweep
	state=${1:-$(mktemp -d "$cache/running/XXXXXX")}
	mkdir -p "$state" && chmod 700 "$state"
	exec 8>"$state/owner"
	if command -v flock >/dev/null; then flock -n 8; fi
	if [ $# = 0 ]; then cache_close; fi
	(cd "$deploy/.." && go build -o "$state/probe" ./deploy/services/probe)
	# shellcheck disable=SC2016 # the script's own arguments
	printf '#!/usr/bin/env bash\n# stop, kill or start: mongo or s3.\nexec %q "$1" "$2" %q\n' \
		"$deploy/services.sh" "$state" >"$state/control"
	chmod 755 "$state/control"
	: >"$state/starting"
	if [ "$s3" != given ]; then s3_begin >>"$state/starting"; fi
	if [ "$mongo" != given ]; then mongo_begin >>"$state/starting"; fi
	printf 'export KAOPING_TEST_SERVICES=%q\n' "$state" >>"$state/starting"
	mv "$state/starting" "$state/env"
}

# finish: takes down whatever runs in $state and removes it.
finish() {
	trap '' HUP INT QUIT TERM
	if [ -z "${state:-}" ] || [ ! -d "$state" ]; then return 0; fi
	mongo_end && s3_end && rm -rf "$state"
}

all_run() {
	if [ -d "$state/mongo" ]; then mongo_runs || return 1; fi
	if [ -d "$state/s3" ]; then s3_runs; fi
}

service_of() { # NAME [STATE_DIR]: sets $state
	case ${1:-} in
	mongo | s3) ;;
	*) refuse "name mongo or s3" ;;
	esac
	state=${2:-${KAOPING_TEST_SERVICES:-}}
	if [ ! -d "$state/$1" ]; then refuse "$1 was not started by this script: the environment named it, or KAOPING_TEST_SERVICES does not name a state folder"; fi
}

main() {
	local status=0 command=${1:-}
	if [ $# -gt 0 ]; then shift; fi
	case $command in
	run)
		if [ "${1:-}" = -- ]; then shift; fi
		if [ $# = 0 ]; then refuse "run needs a command: deploy/services.sh run -- go test ./..."; fi
		trap finish EXIT
		heed_signals
		begin
		if [ -n "$state" ]; then
			# shellcheck source=/dev/null
			. "$state/env"
		fi
		attend "$@" || status=$?
		if [ "$status" = 0 ] && [ -n "$heard" ]; then status=$((128 + heard)); fi
		exit "$status"
		;;
	up)
		heed_signals
		cache_open
		state=$cache/running/up
		if [ ! -f "$state/env" ] || ! all_run; then
			finish
			heed_signals
			trap finish EXIT
			begin "$state"
			trap - EXIT
		fi
		if [ -n "$state" ]; then cat "$state/env"; fi
		;;
	down)
		cache_open
		state=$cache/running/up
		if [ ! -d "$state" ]; then say "nothing is up"; fi
		finish
		;;
	prepare)
		heed_signals
		mongo_find
		s3_find
		cache_open
		mongo_prepare
		s3_prepare
		cache_sweep
		;;
	status) cache_status ;;
	stop | kill | start)
		service_of "$@"
		"$1_$command"
		;;
	*)
		sed -n '2,/^set/ { s/^# \{0,1\}//p; }' "$0"
		if [ "$command" != help ]; then exit 1; fi
		;;
	esac
}

# On one line, because bash reads a script while it runs it.
main "$@"; exit
