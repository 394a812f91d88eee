# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2puntrusted
# source: guest/gatectl.c
# A client that the kernel does not trust, behind an IOMMU: dma_map_sg() maps what it is given entry by entry and asks p2pdma nothing.
# The kernel alone lets through what it would refuse; the gate refuses what is not on the list, and counts and logs it.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

mapped() { echo "$@" >/sys/kernel/debug/p2puntrusted/map || fail "not mapped: $*"; }
not_mapped() {
	(echo "$@" >/sys/kernel/debug/p2puntrusted/map) 2>/tmp/err && fail "mapped: $*"
	grep -q "Remote I/O error\|error 121" /tmp/err || fail "$*: $(cat /tmp/err)"
}

start_drivers
a=$(function_of alpha) b=$(function_of beta) c=$(function_of gamma)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$c" ] || fail "no drives"
ls /sys/kernel/iommu_groups/*/devices/"$c" >/dev/null || fail "no IOMMU"
# What a driver mapped for a trusted function is not to be unmapped for an untrusted one.
echo "$c" >/sys/bus/pci/drivers/nvme/unbind

# The same function, trusted: the kernel asks and, as it lists no such host bridge, refuses.
kmod p2puntrusted "function=$b"
not_mapped "$a" "$c"
rmmod p2puntrusted || fail "p2puntrusted not unloaded"
kmod p2puntrusted "function=$c"
mapped "$a" "$c"

kmod p2pgate
mapped "$a" "$c"
gatectl set observe >/dev/null || fail "set"
mapped "$a" "$c"
[ "$(info observed_map.not_listed)" = 1 ] || fail "observe counts $(info observed_map.not_listed)"
gatectl set enforce >/dev/null || fail "set"
not_mapped "$a" "$c"
[ "$(info enforced_map.not_listed)" = 1 ] || fail "enforce counts $(info enforced_map.not_listed)"
gatectl set enforce "$c>$a" "$b>$c" >/dev/null || fail "set"
not_mapped "$a" "$c"
mapped "$b" "$c"
gatectl set enforce "$a>$c" >/dev/null || fail "set"
mapped "$a" "$c"
not_mapped "$b" "$c"
[ "$(info enforced_map.listed)" = 2 ] || fail "enforce counts $(info enforced_map.listed)"
gatectl set off >/dev/null || fail "set"
mapped "$a" "$c"
sleep 1
dmesg | grep -q "p2pgate: refused at DMA mapping: $c (no driver) to memory of $a (nvme)" || fail "not logged"
rmmod p2pgate || fail "not unloaded"
rmmod p2puntrusted || fail "p2puntrusted not unloaded"
no_oops
