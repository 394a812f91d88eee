# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2presource
# source: guest/gatectl.c
# Mappings of bare addresses, which ask nobody: another function's memory is refused as anywhere else, from the push on; a
# function's own, and what is in no BAR, is not the gate's. What was mapped before stays, and can be unmapped.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

# start FUNCTION: of its first memory BAR
start() { awk '$1 !~ /^0x0*$/ && $3 ~ /2..$/ { print $1; exit }' "/sys/bus/pci/devices/$1/resource"; }
mapped() { echo "$@" >/sys/kernel/debug/p2presource/map || fail "not mapped: $*"; }
not_mapped() {
	(echo "$@" >/sys/kernel/debug/p2presource/map) 2>/tmp/err && fail "mapped: $*"
	grep -q "Remote I/O error\|error 121" /tmp/err || fail "$*: $(cat /tmp/err)"
}

start_drivers
a=$(function_of alpha) b=$(function_of beta)
[ -n "$a" ] && [ -n "$b" ] || fail "no drives alpha and beta"
of_a=$(start "$a") of_b=$(start "$b")
[ -n "$of_a" ] && [ -n "$of_b" ] || fail "no memory"
kmod p2presource
mapped resource "$b" "$of_a" 0x1000

kmod p2pgate
mapped resource "$b" "$of_a" 0x1000
gatectl set enforce >/dev/null || fail "set"
not_mapped resource "$b" "$of_a" 0x1000
not_mapped resource "$a" "$of_b" 0x1000
# A function's own memory; what is in no BAR; what is partly in one and partly not.
mapped resource "$a" "$of_a" 0x1000
mapped resource "$b" 0xfed00000 0x400
not_mapped resource "$b" "$(printf 0x%x $((of_a - 4096)))" 0x2000
gatectl set enforce "$a>$b" >/dev/null || fail "set"
mapped resource "$b" "$of_a" 0x1000
not_mapped resource "$a" "$of_b" 0x1000
gatectl set enforce >/dev/null || fail "set"
not_mapped resource "$b" "$of_a" 0x1000
gatectl set observe >/dev/null || fail "set"
mapped resource "$b" "$of_a" 0x1000
gatectl set off >/dev/null || fail "set"
mapped resource "$b" "$of_a" 0x1000

# What the gate does not hook, and p2pgate(4) says so: the same, asked for as newer kernels allow.
gatectl set enforce >/dev/null || fail "set"
if (echo "phys $b $of_a 0x1000" >/sys/kernel/debug/p2presource/map) 2>/tmp/err; then
	echo "dma_map_phys() with DMA_ATTR_MMIO passes, as documented"
else
	grep -q "not supported\|error 95" /tmp/err || fail "phys: $(cat /tmp/err)"
fi
gatectl set off >/dev/null || fail "set"
[ "$(info enforced_map.not_listed)" -gt 0 ] && [ "$(info enforced_map.no_provider)" -gt 0 ] || fail "not counted"
[ "$(info observed_map.not_listed)" -gt 0 ] || fail "observe counts nothing"
sleep 1
dmesg | grep -q "p2pgate: refused at DMA mapping: $b (nvme) to memory of $a (nvme)" || fail "not logged"
rmmod p2presource || fail "p2presource not unloaded"
rmmod p2pgate || fail "not unloaded"
no_oops
