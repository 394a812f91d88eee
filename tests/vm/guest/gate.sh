# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the gate's scenarios, in the guest.

# expect WANTED COMMAND...: the command's output is that
expect() {
	local want=$1 got; shift
	got=$("$@" 2>&1)
	[ "$got" = "$want" ] || fail "'$*' said '$got', expected '$want'"
}

# expect_like GLOB COMMAND...
expect_like() {
	local want=$1 got; shift
	got=$("$@" 2>&1)
	case $got in
	$want) ;;
	*) fail "'$*' said '$got', expected '$want'" ;;
	esac
}

# refused ERRNO COMMAND...: the command fails so
refused() {
	local want=$1 got; shift
	got=$("$@" 2>&1 >/dev/null) && fail "'$*' passed, expected $want"
	[ "$got" = "$want" ] || fail "'$*' failed with '$got', expected $want"
}

# rounds N: how many to make: what lab.rounds on the kernel's command line says, else N
rounds() {
	local said
	said=$(sed -n 's/.*lab\.rounds=\([0-9]*\).*/\1/p' /proc/cmdline)
	echo "${said:-$1}"
}

info() { gatectl info | sed -n "s/^$1 //p"; }

# function_of SERIAL, disk_of SERIAL: of an NVMe drive
function_of() {
	local d
	for d in /sys/class/nvme/nvme*; do
		[ "$(tr -d ' ' <"$d/serial")" = "$1" ] && basename "$(readlink -f "$d/device")"
	done
}
disk_of() {
	local d
	for d in /sys/class/nvme/nvme*; do
		[ "$(tr -d ' ' <"$d/serial")" = "$1" ] && ls "$d" | sed -n 's|^\(nvme[0-9]*n[0-9]*\)$|/dev/\1|p'
	done
}

# fill DISK: with bytes that differ from block to block
fill() { dd if=/dev/urandom of="$1" bs=64k count=16 2>/dev/null && sync; }

# Lockdep on 6.12 reports that pciehp takes reset_lock and pci_rescan_remove_lock in both orders; the chains it shows are pciehp's own.
# That one report is let pass, if it is the only one and the gate is in no line of it.
pciehp_only() {
	dmesg | grep -q 'at: pciehp_unconfigure_device' && ! dmesg | grep -q '\[p2pgate\]' &&
		[ "$(dmesg | grep -cE 'BUG:|WARNING:|Oops|KASAN:|general protection')" = 1 ]
}

# counted: whether what is counted is the gate's
counted() {
	grep -q ' __asan_load8$' /proc/kallsyms && skip "this kernel checks each access to memory (KASAN), which would be counted"
	return 0
}

# no_oops: the kernel has nothing to complain of, and where it can tell, no memory was lost
no_oops() {
	local leaks=/sys/kernel/debug/kmemleak
	dmesg | grep -E 'BUG:|WARNING:|Oops|KASAN|possible (circular|recursive)|suspicious RCU|general protection|Call Trace' &&
		! pciehp_only && fail "the kernel complains"
	if [ -w $leaks ]; then
		sleep 6	# younger objects are not looked at
		echo scan >$leaks && sleep 1 && echo scan >$leaks
		grep -A30 unreferenced $leaks | grep -B30 p2pgate && fail "memory was lost"
	fi
	return 0
}
