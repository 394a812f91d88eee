# SPDX-License-Identifier: GPL-2.0-or-later
# What the steps share; sourced by bash.  usage of a step: STEP RELEASE SOURCES WORK, with RELEASE 12 or 13.
# What a step mounts is gone with it.
[ "${P2PTOPO_STEP:-}" = "$$" ] || [ "$(id -u)" != 0 ] ||
	exec unshare --mount --propagation private bash -c 'P2PTOPO_STEP=$$ exec bash "$@"' - "$0" "$@"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/vm/lib.sh
. "$here/../vm/lib.sh"
say() { echo "packages: $*" >&2; }

deb=$1 top=$(realpath "$2") work=$3
step=$(basename "$0")
mkdir -p "$work/debs"
work=$(realpath "$work")
fresh=$work/$step	# the folder of this step, with the root it works in

[ "$(id -u)" = 0 ] || skip "$step: not root, so no chroot into Debian $deb"

# new_root NAME: a root of the release that nothing was done in yet, and that is gone when the step ends.  The sources are read-only
# there, /debs has the packages, /step is the step's own.
new_root() {
	local each layers
	"$here/../vm/prepare" "$1" || exit
	drop_root
	trap drop_root EXIT
	mkdir -p "$fresh"/{root,over,work} "$cache/debs-$deb"
	layers=lowerdir=$cache/$1,upperdir=$fresh/over,workdir=$fresh/work
	# Not on every file system.
	mount -t overlay -o "$layers" overlay "$fresh/root" 2>/dev/null || cp -a --reflink=auto "$cache/$1/." "$fresh/root"
	tree=$fresh/root
	mkdir -p "$tree"/{sources,debs,step,archives}
	mount --bind "$top" "$tree/sources"
	mount -o remount,bind,ro "$tree/sources"
	mount --bind "$work/debs" "$tree/debs"
	mount --bind "$cache/debs-$deb" "$tree/archives"
	mount -t tmpfs tmpfs "$tree/tmp"
	mount -t tmpfs tmpfs "$tree/run"
	for each in sys dev; do
		mount --rbind "/$each" "$tree/$each"
	done
	cp /etc/resolv.conf "$tree/etc/resolv.conf"
	# As in sbuild, nothing is started by maintainer scripts.
	printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
	chmod +x "$tree/usr/sbin/policy-rc.d"
}

drop_root() {
	umount -R "$fresh/root" 2>/dev/null || true
	rm -rf --one-file-system "$fresh"
}

# inside SCRIPT [ARGUMENT...]: run it in the root; with $net=--net there is no network.
inside() {
	# shellcheck disable=SC2016,SC2086
	unshare --mount --pid --fork --kill-child --uts ${net:-} bash -eu -c '
		tree=$1
		shift
		mount -t proc proc "$tree/proc"
		exec chroot "$tree" nice -n 5 env -i PATH=/usr/bin:/usr/sbin:/bin:/sbin HOME=/root LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive PYTHONDONTWRITEBYTECODE=1 P2PTOPO_JOBS="${P2PTOPO_JOBS:-$(nproc)}" bash -eu -o pipefail -c "$@"
	' - "$tree" "$1" "$step" "${@:2}"
}

# Lists of packages, and downloads that other steps find again: one at a time.
with_apt() {
	exec 8>"$cache/debs-$deb.lock"
	flock 8
	echo 'APT::Install-Recommends "false"; Dir::Cache::archives "/archives"; Binary::apt-get::APT::Keep-Downloaded-Packages "true";' \
		>"$tree/etc/apt/apt.conf.d/90test"
	echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/90test"
	inside 'apt-get -qq update' || skip "$step: no package lists in the root of Debian $deb"
}

# What apt says is shown only when it fails.
quiet_apt() { inside 'apt-get -qq -y "$@" >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }' "$@"; }

need_debs() { ls "$work"/debs/p2ptopo_*.deb >/dev/null 2>&1 || skip "$step: no packages were built (packages.debian-$deb.build)"; }

# Every file there is, but for the caches, logs and lists of the system's own programs.
listing() {
	inside 'find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /run -o -path /archives -o -path /debs \
		-o -path /sources -o -path /var/cache -o -path /var/log -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /step \) -prune \
		-o -print | sort'
}

# Pack what is here into FOLDER, with what is not committed yet.
pack() {
	local commit=HEAD
	git -C "$top" rev-parse -q --verify HEAD >/dev/null 2>&1 || skip "$step: not a git checkout: there is nothing to pack"
	if [ -n "$(git -C "$top" status --porcelain)" ]; then
		commit=$(
			export GIT_INDEX_FILE=$fresh/index GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@test.invalid
			export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
			git -C "$top" read-tree HEAD
			git -C "$top" add -A
			git -C "$top" commit-tree -p HEAD -m "not committed" "$(git -C "$top" write-tree)"
		)
	fi
	"$top/scripts/release" "$commit" "$1" >/dev/null
}
