# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask
# source: guest/gatectl.c guest/p2pio.c
# The order at boot: the gate is loaded with initial=enforce before the drivers that bring providers and clients. They find
# everything refused, their memory is known although it came later, and the first push lets through what it names.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta)
driver=/sys/bus/pci/drivers/nvme
functions=$(ls $driver | grep ^0000)
for f in $functions; do echo $f >$driver/unbind; done
[ ! -e /sys/bus/pci/devices/$a/p2pmem ] || fail "the provider is still there"

kmod p2pgate initial=enforce
generation=$(info generation)
for f in $functions; do echo $f >$driver/bind; done
start_drivers
expect "$generation" info generation
kmod p2pask
disk=$(disk_of beta)
fill $disk
expect_like "* -1 not_listed" gatectl distance $a $b
awk '$1 != $2 && $3 != "not_supported" && !/^#/' /sys/kernel/debug/p2pask/map | grep . && fail "mapped before the first push"
expect 0 info enforced_map.no_provider
[ "$(info enforced_map.not_listed)" -gt 0 ] || fail "no mapping was refused"
[ ! -e /sys/bus/pci/devices/$a/p2pmem/allocate ] || expect_like "E* clean" p2pio $a $disk

gatectl set enforce -g $generation "$a>$b" >/dev/null || fail set
expect "$a $b bus_addr mapped" awk '$1 != $2 && $3 != "not_supported" && !/^#/' /sys/kernel/debug/p2pask/map
[ ! -e /sys/bus/pci/devices/$a/p2pmem/allocate ] || expect moved p2pio $a $disk

# A driver that is unbound and bound again is on the same function: its pairs stay.
echo $a >$driver/unbind
echo $a >$driver/bind
start_drivers
expect "$a>$b" gatectl get
expect "$a $b bus_addr mapped" awk '$1 != $2 && $3 != "not_supported" && !/^#/' /sys/kernel/debug/p2pask/map
no_oops
