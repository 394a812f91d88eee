# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2preader modules/p2pcopy modules/p2prelease modules/p2punasked
# source: guest/gatectl.c
# Kernels that cannot be gated, or that nobody has tried: one that decides in a function too many, one with a copy of a function that
# decides, one that maps without asking any known function, a release that is not in the table. Each is refused with a sentence of its
# own; the last loads if it is told to, and taints.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

# not_loaded GLOB: loading p2pgate fails, and the log has that
not_loaded() {
	dmesg -c >/dev/null
	insmod /lab/kmod/p2pgate.ko 2>/dev/null && fail "loaded, expected '$1'"
	dmesg | grep -q "p2pgate: $1" || fail "no clear sentence: $(dmesg | grep p2pgate)"
	[ ! -e /dev/p2pgate ] && [ ! -d /sys/module/p2pgate ] || fail "something was left behind"
}
taint() { echo $(($(cat /proc/sys/kernel/tainted) & 64)); }

start_drivers
a=$(function_of alpha) b=$(function_of beta)
kmod p2preader
not_loaded 'this kernel also decides in [a-z_]*p2pdma[a-z_]*(), which the headers that the module was built with lack: not loaded'
rmmod p2preader
kmod p2pcopy
not_loaded 'this kernel has pci_p2pdma_distance_many.constprop.0, a copy of a function that decides, where no hook sees it: not loaded'
rmmod p2pcopy
kmod p2punasked
not_loaded 'dma_map_sg() lets [0-9a-f:.]* reach its own memory while all is refused, so this kernel decides somewhere else, too: not loaded'
grep -E "p2pdma.*\bI\b" /sys/kernel/tracing/enabled_functions && fail "hooks were left behind"
rmmod p2punasked
kmod p2prelease release=6.17.4-vendor
not_loaded "the gate was not tried on Linux 6.17.4-vendor for $(uname -m), only on [67][0-9. ]* for [a-z0-9-]*: not loaded (unverified=1 loads it all the same)"
expect 0 taint
kmod p2pgate unverified=1
expect 64 taint
gatectl set enforce >/dev/null || fail set
expect "4 -1 not_listed" gatectl distance $a $b
gatectl set off >/dev/null || fail set
rmmod p2pgate || fail "not unloaded"
rmmod p2prelease
# 6.1 is in the table and 6.17 is not; nor is 6.10, of which 6.1 is the beginning
kmod p2prelease release=6.10.1
not_loaded 'the gate was not tried on Linux 6.10.1 '
rmmod p2prelease
kmod p2pgate
rmmod p2pgate || fail "not unloaded"
no_oops
