#!/bin/sh
# Makes sure that the tests have what they need beside Go: a Chromium for the
# browser tests, pdftoppm and pdftotext for the certificates, a Chinese font for
# the screenshots, nginx for the tests of two instances behind it, and systemd-analyze for the sample unit. Quiet when all is there. On Debian as root it installs
# what is missing; elsewhere it says what to install. With CI set, or as part
# of "make test", a missing tool is a failure: no test is skipped for it.
set -eu

missing() {
	missing=""
	command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || missing="$missing chromium"
	command -v pdftoppm >/dev/null 2>&1 && command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
	command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] || missing="$missing nginx"
	[ ! -f /etc/debian_version ] || command -v systemd-analyze >/dev/null 2>&1 || missing="$missing systemd"
	if command -v fc-list >/dev/null 2>&1; then
		[ -n "$(fc-list :lang=zh 2>/dev/null)" ] || missing="$missing fonts-lxgw-wenkai"
	fi
	[ -n "$missing" ]
}

missing || exit 0
if [ -f /etc/debian_version ] && [ "$(id -u)" = 0 ]; then
	echo "test tools: installing$missing"
	log=$(mktemp)
	policy=/usr/sbin/policy-rc.d # has packages start no server, such as nginx
	if [ -e "$policy" ]; then policy=""; else printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"; fi
	trap 'rm -f "$log" $policy' EXIT
	trap 'exit 1' HUP INT TERM
	# shellcheck disable=SC2086 # a list of package names
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
	case $missing in
	*nginx*) if [ -d /run/systemd/system ]; then systemctl -q disable nginx; fi ;; # nor at the next start
	esac
	missing || exit 0
fi
echo "test tools: install these and run again:$missing" >&2
exit 1
