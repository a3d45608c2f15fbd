#!/usr/bin/env bash
# make.sh PART FOLDER: fills the folder with a part of the cache of
# deploy/services.sh, and writes what it is made of into FOLDER/stamp.
set -eu
script=$0 part=$1 folder=$2
cd "$folder"

# go_program PART MODULE COMMAND: built as the module proxy serves it, with no
# C compiler; GOBIN is outside every module, so no go.mod is touched.
go_program() {
	GOBIN=$folder CGO_ENABLED=0 go install -ldflags='-s -w' "$2$3@${1#*-}"
	echo "$2 ${1#*-}" >stamp
}

# mirror: the package archive that apt uses already.
mirror() {
	local id="" codename=""
	if [ -n "${KAOPING_TEST_DEBIAN_MIRROR:-}" ]; then
		echo "$KAOPING_TEST_DEBIAN_MIRROR"
		return
	fi
	# shellcheck source=/dev/null
	id=$(. /etc/os-release && echo "${ID:-}")
	# shellcheck source=/dev/null
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	if [ "$id" = debian ]; then
		# shellcheck disable=SC2016 # apt's own
		apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
			awk -v release="$codename" '$1 == release && $2 == "main" { print $3; exit }'
	fi
}

# debian: a Debian forky with PostgreSQL 18 and the DocumentDB extension, and
# in srv/template an empty database. No process of it may mount anything, so
# that removing the folder can never reach out of it, and so that it works
# where mounting is not allowed. Without /proc systemd's helper must not run.
debian() {
	local site bare=(setpriv --bounding-set -sys_admin) install
	export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
	site=$(mirror)
	if [ -z "$site" ]; then
		echo "apt names no Debian archive: set KAOPING_TEST_DEBIAN_MIRROR to one"
		return 1
	fi
	if ! command -v debootstrap >/dev/null; then
		install="apt-get -qq -y --no-install-recommends install debootstrap"
		$install || { apt-get -qq update && $install; }
	fi
	if command -v apt-config >/dev/null; then
		eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
		if [ -n "${http_proxy:-}" ]; then export http_proxy; fi
		if [ -n "${https_proxy:-}" ]; then export https_proxy; fi
	fi
	# The script of sid: this debootstrap may be too old to know forky.
	"${bare[@]}" debootstrap --variant=minbase --include=ca-certificates forky "$folder" "$site" sid

	printf '#!/bin/sh\nexit 101\n' >usr/sbin/policy-rc.d # start nothing
	chmod 755 usr/sbin/policy-rc.d
	ln -s /bin/true usr/local/sbin/systemd-tmpfiles
	mkdir -p etc/postgresql-common/createcluster.d
	echo 'create_main_cluster = false' >etc/postgresql-common/createcluster.d/kaoping.conf
	# The machine's own authorities, for an archive inside a company.
	cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/ 2>/dev/null || true
	export PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
	"${bare[@]}" chroot . apt-get -q -o Acquire::Check-Valid-Until=false update
	"${bare[@]}" chroot . apt-get -q -y --no-install-recommends -o DPkg::Path="$PATH" -o Dpkg::Use-Pty=0 \
		install postgresql-18-documentdb
	rm -rf var/lib/apt/lists/* var/cache/apt/*.bin var/cache/apt/archives/*.deb

	mkdir -p srv/kaoping
	install -d -m 700 -o "$(stat -c %u var/lib/postgresql)" -g "$(stat -c %g var/lib/postgresql)" srv/template
	chroot . setpriv --reuid=postgres --regid=postgres --clear-groups \
		env -i PATH=/usr/lib/postgresql/18/bin:/usr/bin LC_ALL=C.UTF-8 sh -eu <"$(dirname "$script")/template.sh"
	# shellcheck disable=SC2016 # dpkg's own
	chroot . dpkg-query -W -f '${Package} ${Version}\n' postgresql-18 postgresql-18-documentdb >stamp
}

case $part in
debian-*) debian ;;
ferretdb-*) go_program "$part" github.com/FerretDB/FerretDB/v2 /cmd/ferretdb ;;
minio-*) go_program "$part" github.com/minio/minio "" ;;
esac
