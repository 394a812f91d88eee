# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by scenarios, in the guest.
fail() { echo "FAIL: $*"; exit 1; }
skip() { echo "skip: $*"; exit 77; }
kmod() { insmod "/lab/kmod/$1.ko" $2 || fail "module $1 cannot be loaded"; }

# The kernel's log holds nothing that a kernel says when something is wrong with it.
no_complaint() {
	dmesg | grep -E 'BUG:|WARNING:|Oops|KASAN:|possible (circular|recursive)|suspicious RCU|general protection|Call Trace' &&
		fail "the kernel complains"
	return 0
}
