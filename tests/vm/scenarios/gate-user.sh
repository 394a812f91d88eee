# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod
# source: guest/gatectl.c guest/p2pio.c guest/p2puser.c
# What the gate cannot stop, and p2pgate(4) says so: a driver that writes bus addresses into its device without asking anybody, here
# one in user space, as with UIO. In enforce, with an empty list, one drive is refused another's memory and reaches it all the same.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta) disk=$(disk_of beta)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$disk" ] || fail "a drive is missing"
[ -e "/sys/bus/pci/devices/$a/p2pmem/allocate" ] || skip "this kernel does not let user space allocate peer memory"
fill "$disk"
kmod p2pgate
gatectl set enforce >/dev/null || fail "set"
expect_like "E* clean" p2pio $a "$disk"
echo "$b" >/sys/bus/pci/drivers/nvme/unbind || fail "unbind"
before=$(gatectl info)
expect_like "*moved" p2puser raw "$b" "$a" beta
[ "$(gatectl info)" = "$before" ] || fail "the gate was asked"
gatectl set off >/dev/null
rmmod p2pgate || fail "not unloaded"
no_oops
