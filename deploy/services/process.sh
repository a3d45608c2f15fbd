# shellcheck shell=bash
# Processes of deploy/services.sh: each in a group of its own, known by pid and
# time of birth, so that a pid that came round again is never signalled.

say() { echo "services: $*" >&2; }

refuse() {
	say "$*"
	exit 1
}

heard="" # number of the signal that this script was sent
task=""  # process group that this script attends to

heed_signals() {
	trap 'heed 1 HUP' HUP
	trap 'heed 2 INT' INT
	trap 'heed 3 QUIT' QUIT
	trap 'heed 15 TERM' TERM
}

heed() { # NUMBER NAME: passes the signal on, or ends the script
	heard=$1
	case $task in
	"") exit $((128 + heard)) ;;
	coming) ;;
	*) kill -s "$2" -- "-$task" 2>/dev/null || true ;;
	esac
}

# attend COMMAND…: runs it in its own process group and returns its status.
# After a signal it has ten seconds to end, and nothing of the group is left.
attend() {
	local status=0 i=0
	task=coming
	set -m
	"$@" <&0 8>&- 9>&- &
	task=$!
	set +m
	if [ -n "$heard" ]; then kill -s TERM -- "-$task" 2>/dev/null || true; fi
	wait "$task" || status=$?
	if [ -n "$heard" ]; then
		while [ -n "$(born "$task")" ] && [ "$i" -lt 100 ]; do
			sleep 0.1
			i=$((i + 1))
		done
		kill -s KILL -- "-$task" 2>/dev/null || true
		status=0
		wait "$task" 2>/dev/null || status=$?
	fi
	task=""
	return "$status"
}

# born PID: when it was born, nothing if it is dead or a zombie.
born() {
	local stat
	if [ ! -r /proc/self/stat ]; then
		ps -o lstart= -p "$1" 2>/dev/null || true
		return 0
	fi
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
	# shellcheck disable=SC2086 # the fields after the name, from the third on
	set -- ${stat##*) }
	case $1 in
	Z | X) ;;
	*) echo "${20}" ;;
	esac
}

# launch FOLDER NAME COMMAND…: starts it there, in the background; its pid and
# time of birth are the two lines of NAME.pid, its output goes to NAME.log.
launch() {
	local folder=$1 name=$2
	shift 2
	set -m
	(cd "$folder" && exec "$@") </dev/null >>"$folder/$name.log" 2>&1 8>&- 9>&- &
	set +m
	printf '%s\n' "$!" "$(born $!)" >"$folder/$name.pid"
	disown 2>/dev/null || true # it may have ended already
}

runs() { # FOLDER NAME: sets $pid
	local birth
	pid=""
	if [ ! -f "$1/$2.pid" ]; then return 1; fi
	{ read -r pid && read -r birth; } <"$1/$2.pid" || return 1
	[ -n "$birth" ] && [ "$(born "$pid")" = "$birth" ]
}

# ready FOLDER NAME QUESTION…: waits until the question is answered; fails when
# the process ends before that, or after a minute.
ready() {
	local folder=$1 name=$2 i=0
	shift 2
	while runs "$folder" "$name" && [ "$i" -lt 600 ]; do
		if "$@" >/dev/null 2>&1; then return 0; fi
		sleep 0.1
		i=$((i + 1))
	done
	return 1
}

# end FOLDER NAME SIGNAL: ends the process and waits until it is gone; one that
# does not heed the signal for half a minute is killed.
end() {
	local i=0 signal=$3
	while runs "$1" "$2"; do
		if [ "$i" = 600 ]; then signal=KILL; fi
		if [ "$i" = 1200 ]; then
			say "process $pid ($2) cannot be ended"
			return 1
		fi
		if [ $((i % 600)) = 0 ]; then kill -s "$signal" "$pid" 2>/dev/null || true; fi
		sleep 0.05
		i=$((i + 1))
	done
	rm -f "$1/$2.pid"
}

# evict FOLDER: kills what still has its working or root folder there, such as
# the children of a killed PostgreSQL, which have left its process group.
evict() {
	local process left=yes i=0
	while [ -n "$left" ] && [ "$i" -lt 200 ]; do
		left=""
		for process in /proc/[0-9]*; do
			if [ "$process/cwd" -ef "$1" ] || [ "$process/root" -ef "$1" ]; then
				left=$process
				kill -s KILL "${process#/proc/}" 2>/dev/null || true
			fi
		done
		if [ -n "$left" ]; then sleep 0.05; fi
		i=$((i + 1))
	done
	[ -z "$left" ]
}

# try_ports FOLDER START: START on a port that is free, and on another one if
# somebody was quicker. The port is outside the range of outgoing connections,
# so that a stopped server finds it free again.
try_ports() {
	local i
	for i in 1 2 3; do
		"$state/probe" port >"$1/port"
		if "$2"; then return 0; fi
	done
	say "this is how it ended:"
	tail -n 12 "$1"/*.log >&2
	return 1
}
