# SPDX-License-Identifier: GPL-2.0-or-later
# What the scripts of the lab share. To be sourced by bash.
: "${P2PTOPO_VM_CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/p2ptopo-vm}"
cache=$P2PTOPO_VM_CACHE
root=$cache/root

say() { echo "vm: $*" >&2; }
die() { say "$*"; exit 1; }
# What this machine cannot have is no failure: ctest shows status 77 as skipped.
skip() { say "skipped: $*"; exit 77; }

# in_root COMMAND...: run it in the trixie root; the cache is /mnt there. Needs no privilege where user namespaces are allowed.
in_root() {
	local map=()
	[ "$(id -u)" = 0 ] || map=(--map-root-user)
	unshare "${map[@]}" --mount bash -c '
		mount --bind "$1" "$1/root/mnt" && mount --rbind /proc "$1/root/proc" || exit 77
		r=$1/root; shift
		exec chroot "$r" env -i PATH=/usr/bin:/usr/sbin HOME=/root LC_ALL=C TMPDIR=/tmp "$@"' - "$cache" "$@"
}

# The QEMU of the trixie root, run with the libraries of that root; it needs no chroot to do so.
qemu() {
	if [ -n "${P2PTOPO_VM_QEMU:-}" ]; then
		"$P2PTOPO_VM_QEMU" "$@"
	else
		"$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" \
			"$root/usr/bin/qemu-system-${arch:-x86_64}" -L "$root/usr/share/seabios" -L "$root/usr/share/qemu" "$@"
	fi
}

# Arguments of make that build modules for it.
compilers() {
	case $arch in
	aarch64) echo ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- CC=aarch64-linux-gnu-gcc-14 HOSTCC=gcc ;;
	*) echo CC=gcc HOSTCC=gcc ;;
	esac
}

# need_kernel NAME: be sure that prepare made it, and know it: $kernel $release $kdir (module build folder as seen in the root) $arch
need_kernel() {
	kernel=$cache/kernels/$1
	[ -e "$root/.done" ] || skip "no build root in $cache: run tests/vm/prepare"
	[ -e "$kernel/image" ] || skip "kernel $1 is not in $cache: run tests/vm/prepare $1"
	release=$(cat "$kernel/release")
	kdir=$(cat "$kernel/kdir")
	arch=$(cat "$kernel/arch" 2>/dev/null || echo x86_64)
	export arch	# for qemu
}
