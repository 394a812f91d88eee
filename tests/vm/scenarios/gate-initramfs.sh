# SPDX-License-Identifier: GPL-2.0-or-later
# kmod: modules/p2pask
# source: guest/gatectl.c guest/p2pio.c
# In the initial RAM disk that initramfs-tools made, after its udev has loaded the drivers: the gate was there before the driver of the
# drives, so every pair has been refused from the first question on; and the first push lets through what it names.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

[ -d /sys/module/p2pgate ] || fail "the gate is not loaded: $(dmesg | grep p2pgate)"
[ -d /sys/module/nvme ] || fail "udev has not loaded the driver"
start_drivers
line() { dmesg | grep -n "$1" | head -1 | cut -d: -f1; }
dmesg | grep -E 'p2pgate: loaded|nvme nvme.: pci function'
[ "$(line 'p2pgate: loaded, enforce')" -lt "$(line 'nvme nvme.: pci function')" ] || fail "the drives were there first"

a=$(function_of alpha) b=$(function_of beta) disk=$(disk_of beta)
expect enforce info mode
fill $disk
kmod p2pask
others() { awk '$1 != $2 && $3 != "not_supported" && !/^#/' /sys/kernel/debug/p2pask/map; }
expect_like "* -1 not_listed" gatectl distance $a $b
expect "" others
expect 0 info enforced_map.no_provider
[ "$(info enforced_map.not_listed)" -gt 0 ] || fail "no mapping was refused"
expect_like "E* clean" p2pio $a $disk
gatectl set enforce "$a>$b" >/dev/null || fail set
expect "$a $b bus_addr mapped" others
expect moved p2pio $a $disk
no_oops
