# SPDX-License-Identifier: GPL-2.0-or-later
# What the steps share; sourced by bash.  usage of a step: STEP RELEASE SOURCES WORK, with RELEASE 12 or 13.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/vm/lib.sh
. "$here/../vm/lib.sh"
say() { echo "packages: $*" >&2; }

deb=$1 top=$(realpath "$2") work=$3
mkdir -p "$work/debs"
work=$(realpath "$work")
fresh=$work/root	# the copy of a clean root that this step works in
step=$(basename "$0")

[ "$(id -u)" = 0 ] || skip "$step: not root, so no chroot into Debian $deb"
command -v git >/dev/null || skip "$step: git is not installed"

# A clean root of the release, which is gone when the step ends.
new_root() {
	# One at a time: apt's downloads are shared.
	exec 8>"$cache/debs-$deb.lock"
	flock 8
	"$here/../vm/prepare" "clean-$deb" || exit
	drop_root
	trap drop_root EXIT
	cp -a --reflink=auto "$cache/clean-$deb" "$fresh"
	mkdir -p "$fresh"/{sources,debs,step,archives} "$cache/debs-$deb"
	cp /etc/resolv.conf "$fresh/etc/resolv.conf"
	echo 'APT::Install-Recommends "false"; Dir::Cache::archives "/archives"; Binary::apt-get::APT::Keep-Downloaded-Packages "true";' \
		>"$fresh/etc/apt/apt.conf.d/90test"
	echo force-unsafe-io >"$fresh/etc/dpkg/dpkg.cfg.d/90test"
	# As in sbuild, nothing is started by maintainer scripts.
	printf '#!/bin/sh\nexit 101\n' >"$fresh/usr/sbin/policy-rc.d"
	chmod +x "$fresh/usr/sbin/policy-rc.d"
	inside 'apt-get -qq update' || skip "$step: no package lists in the root of Debian $deb"
}

drop_root() { rm -rf --one-file-system "$fresh"; }

# inside SCRIPT [ARGUMENT...]: run it in the root; the sources are read-only there, /debs has the packages, /step is the step's own.
inside() {
	unshare --mount --pid --fork --kill-child --uts bash -eu -c '
		root=$1 top=$2 work=$3 archives=$4
		shift 4
		mount --bind "$top" "$root/sources"
		mount -o remount,bind,ro "$root/sources"
		mount --bind "$work/debs" "$root/debs"
		mount --bind "$archives" "$root/archives"
		mount -t proc proc "$root/proc"
		mount -t tmpfs tmpfs "$root/tmp"
		mount -t tmpfs tmpfs "$root/run"
		for each in sys dev; do
			mount --rbind "/$each" "$root/$each"
			mount --make-rslave "$root/$each"
		done
		exec chroot "$root" nice -n 5 env -i PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/root LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive bash -eu -o pipefail -c "$@"
	' - "$fresh" "$top" "$work" "$cache/debs-$deb" "$1" "$step" "${@:2}"
}

# What apt says is shown only when it fails.
quiet_apt() { inside 'apt-get -qq -y "$@" >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }' "$@"; }

need_debs() { ls "$work"/debs/p2ptopo_*.deb >/dev/null 2>&1 || skip "$step: no packages were built (packages.debian-$deb.build)"; }

# What of the packages is not ours: every relation of their control files but those to each other.
depends() {
	local each
	for each in "$@"; do
		dpkg-deb -f "$each" Depends Pre-Depends | sed 's/^[A-Za-z-]*: //'
	done | tr ',' '\n' | sed 's/^ *//; s/ *$//' | grep -Ev '^(libp2ppolicy|p2ptopo|$)' | sort -u | paste -sd,
}

# Every file there is, but for the caches, logs and lists of the system's own programs.
listing() {
	inside 'find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /archives -o -path /debs -o -path /sources \
		-o -path /var/cache -o -path /var/log -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /step \) -prune -o -print | sort'
}
