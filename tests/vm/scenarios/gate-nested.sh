# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pouter
# source: guest/gatectl.c guest/p2pio.c
# A function whose BAR encloses the BARs of another, as those of Intel's VMD do: the inner function owns its memory, whichever of
# the two the gate heard of last, and so it is listed or refused. When the outer function is gone, too.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

# inner_owns WHEN: the pair of the inner function decides, that of the outer does not
inner_owns() {
	gatectl set enforce "$a>$b" >/dev/null || fail "set $a>$b"
	expect_like moved p2pio $a $disk
	gatectl set enforce "$outer>$b" >/dev/null || fail "set $outer>$b"
	expect_like "E* clean" p2pio $a $disk
	echo "$1: $a owns its memory"
	gatectl set off >/dev/null || fail "set off"
}

start_drivers
a=$(function_of alpha) b=$(function_of beta) disk=$(disk_of beta)
outer=$(grep -l 0x0005 /sys/bus/pci/devices/*/device | while read -r file; do
	d=${file%/device}; [ "$(cat "$d/vendor")" = 0x1b36 ] && basename "$d"; done | head -1)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$outer" ] || fail "not the fabric this needs"
[ -e "/sys/bus/pci/devices/$a/p2pmem/allocate" ] || skip "this kernel does not let user space allocate peer memory"
fill "$disk"

kmod p2pgate
inner_owns "alone"
ranges=$(info ranges)
kmod p2pouter around=$a
dmesg | grep "p2pouter.*BAR 2 is now" || fail "nothing was enclosed"
expect "$ranges" info ranges
inner_owns "the outer one came last"
rmmod p2pgate || fail "not unloaded"
kmod p2pgate
inner_owns "both there at load"
echo $a >/sys/bus/pci/drivers/nvme/unbind
echo $a >/sys/bus/pci/drivers/nvme/bind || fail "not bound again"
sleep 2
inner_owns "the inner one came last"
echo 1 >/sys/bus/pci/devices/$outer/remove
gatectl set enforce "$a>$b" >/dev/null || fail "set $a>$b"
expect_like moved p2pio $a $disk
no_oops
