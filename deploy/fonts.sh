#!/bin/sh
# Makes sure that this machine has a font to print certificates with: TrueType,
# with Chinese. Needs Go; says nothing where one is there already, and can be
# run again at any time. Nothing of a font is part of the repository.
#
# What it finds or brings, in this order (the server looks in the same places):
#   1. the file or folder in KAOPING_FONT, the cache (~/.cache/kaoping/fonts),
#      the system's fonts
#   2. on Debian, as root: the package fonts-lxgw-wenkai (霞鹜文楷, OFL 1.1;
#      lacks 㻏)
#   3. with npm: Noto Sans SC (思源黑体, OFL 1.1; lacks 𠮷 and ʼ) into the cache
#   4. with Go alone: WenQuanYi Micro Hei (文泉驿微米黑, Apache 2.0 as its name
#      table says) as a Go module ships it, into the cache. It lacks most
#      characters outside GBK, such as 㛃 㙦 䶮 𬱖 𫖯: names with those are
#      refused until a wider font is there.
#
# Where none can be had the server still runs and refuses only to issue
# certificates, so this ends with 0 and says so; with CI set it ends with 1.
set -eu
cd "$(dirname "$0")/.."

npm_package=@expo-google-fonts/noto-sans-sc@0.4.3
npm_font=package/400Regular/NotoSansSC_400Regular.ttf
npm_sha256=d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16
go_module=github.com/mojocn/base64Captcha@v1.3.8
go_font=fonts/wqy-microhei.ttc
go_sha256=e4bca8df123ce01b104780f576ea1a58b9a5ff1662a91124b6d3180cb6c88212

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

say() { echo "fonts: $*"; }

give_up() {
	echo "fonts: $*" >&2
	echo "fonts: certificates cannot be issued until a Chinese TrueType font (.ttf) is installed or named in KAOPING_FONT" >&2
	if [ -n "${CI:-}" ]; then exit 1; fi
	exit 0
}

found() { "$work/fonts" >"$work/found" 2>"$work/why"; }

sha256_is() { # FILE SUM
	sum=$({ sha256sum "$1" || shasum -a 256 "$1"; } 2>/dev/null | cut -d' ' -f1)
	if [ "$sum" != "$2" ]; then
		say "$(basename "$1") is not the file that was reviewed (SHA-256 $sum)" >&2
		return 1
	fi
}

to_cache() { # FILE NAME; atomic, so that nobody reads half a font
	cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
	if [ -z "$cache" ]; then
		say "there is no home folder to keep a font in" >&2
		return 1
	fi
	cache=$cache/kaoping/fonts
	mkdir -p "$cache" && cp "$1" "$cache/.$2.$$" && mv -f "$cache/.$2.$$" "$cache/$2"
}

from_debian() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
	say "installing the package fonts-lxgw-wenkai"
	install="apt-get -qq -y --no-install-recommends install fonts-lxgw-wenkai"
	export DEBIAN_FRONTEND=noninteractive
	{ $install || { apt-get -qq update && $install; }; } >"$work/log" 2>&1 </dev/null
}

from_npm() {
	command -v npm >/dev/null || return 1
	say "fetching Noto Sans SC (57 MB) with npm"
	(cd "$work" && npm pack --silent "$npm_package" >/dev/null && tar -xzf ./*.tgz "$npm_font") >"$work/log" 2>&1 </dev/null &&
		sha256_is "$work/$npm_font" "$npm_sha256" && to_cache "$work/$npm_font" NotoSansSC-Regular.ttf
}

from_go() {
	say "fetching WenQuanYi Micro Hei (6 MB) with go"
	# Outside the repository, so that its go.mod and go.sum stay as they are.
	(cd "$work" && GOFLAGS=-mod=mod go mod download -json "$go_module") >"$work/log" 2>&1 || return 1
	folder=$(sed -n 's/^[[:space:]]*"Dir": "\(.*\)",*$/\1/p' "$work/log")
	: >"$work/log"
	sha256_is "$folder/$go_font" "$go_sha256" && "$work/fonts" "$folder/$go_font" "$work/wqy.ttf" &&
		to_cache "$work/wqy.ttf" WenQuanYiMicroHei.ttf
}

go build -o "$work/fonts" ./deploy/fonts || give_up "the font finder cannot be built"
status=0
found || status=$?
if [ "$status" = 0 ]; then exit 0; fi
if [ "$status" = 2 ]; then give_up "KAOPING_FONT: $(cat "$work/why")"; fi
for source in debian npm go; do
	if "from_$source" && found; then
		say "certificates are printed with $(cat "$work/found")"
		exit 0
	fi
	if [ -s "$work/log" ]; then
		say "that did not work:"
		tail -n 3 "$work/log" | sed 's/^/	/'
		: >"$work/log"
	fi
done
give_up "no Chinese font could be installed"
