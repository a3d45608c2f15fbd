# shellcheck shell=bash
# The cache of deploy/services.sh: what takes long to make and can be made
# again. Each part has its version in its name and appears under that name only
# when it is complete; whatever is being made is called making.*.

cache=${KAOPING_TEST_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/kaoping}/servers
case $cache in
/*) ;;
*) cache=$PWD/$cache ;;
esac
locked=""

# cache_open: one run at a time makes parts, or state folders.
cache_open() {
	if [ -n "$locked" ]; then return 0; fi
	mkdir -p "$cache/running"
	exec 9>"$cache/lock"
	if command -v flock >/dev/null; then
		if ! flock -w 1 9 && ! flock -w 1 9; then
			say "waiting for another run that is preparing its servers"
			until flock -w 1 9; do :; done
		fi
		for unfinished in "$cache"/making.*; do remove "$unfinished"; done
	fi
	locked=yes
}

cache_close() {
	exec 9>&-
	locked=""
}

# remove FOLDER: with everything that still runs in it. Nothing is ever mounted
# in the cache, so this never reaches out of it.
remove() {
	if [ -e "$1" ]; then evict "$1" && rm -rf "$1"; fi
}

# make_part PART SENTENCE: has make.sh fill a folder, which becomes $cache/PART
# when that succeeds. Fails with the end of what make.sh said.
make_part() {
	local folder log
	if [ -e "$cache/$1" ]; then return 0; fi
	folder=$(mktemp -d "$cache/making.XXXXXX")
	chmod 755 "$folder"
	log=$folder.log
	say "$2"
	if attend nice "$BASH" "$deploy/services/make.sh" "$1" "$folder" >"$log" 2>&1 && [ -z "$heard" ]; then
		date -u '+made %Y-%m-%dT%H:%M:%SZ' >>"$folder/stamp"
		mv "$folder" "$cache/$1"
		rm -f "$log"
		return 0
	fi
	if [ -z "$heard" ]; then
		say "that did not work:"
		tail -n 8 "$log" | sed 's/^/	/' >&2
	fi
	remove "$folder"
	rm -f "$log"
	if [ -n "$heard" ]; then exit $((128 + heard)); fi
	return 1
}

# cache_sweep: takes down what a killed run has left behind.
cache_sweep() {
	local state data
	if ! command -v flock >/dev/null; then return 0; fi
	for state in "$cache"/running/*; do
		if [ "$state" = "$cache/running/up" ] || [ ! -d "$state" ]; then continue; fi
		if [ ! -f "$state/owner" ] || flock -n "$state/owner" true; then
			say "taking down what an earlier run has left in $state"
			mongo_end && s3_end && rm -rf "$state"
		fi
	done
	for data in "$cache"/debian-*/srv/kaoping/*; do
		if [ -d "$data" ] && [ ! -d "$cache/running/${data##*/}" ]; then remove "$data"; fi
	done
}

cache_status() {
	local state part service name
	say "cache: $cache"
	for part in "$cache"/*/stamp; do
		if [ -f "$part" ]; then echo "$(basename "${part%/stamp}"), $(tail -n 1 "$part")"; fi
	done
	for state in "$cache"/running/*; do
		if [ ! -d "$state" ]; then continue; fi
		echo "$state"
		for service in mongo s3; do
			for name in "$state/$service"/*.pid; do
				name=$(basename "$name" .pid)
				if runs "$state/$service" "$name"; then
					echo "	$name: pid $pid, port $(cat "$state/$service/port")"
				fi
			done
		done
	done
}
