# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask
# source: guest/gatectl.c
# qmp: yes
# Memory whose owner the gate was never told of: a device is plugged in that no driver takes, so that nothing tells when its BARs
# got their addresses. What is mapped of it is refused, even for a listed pair, and counted as memory of nobody's.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

from() { awk -v p=$1 '$1 == p && $2 != p && !/^#/ { print $3 }' /sys/kernel/debug/p2pask/map | sort -u | tr '\n' ' '; }

start_drivers
a=$(function_of alpha) b=$(function_of beta)
kmod p2pask
kmod p2pgate
echo "host: device_del id=beta"
left=60
while [ -e /sys/bus/pci/devices/$b ]; do left=$((left - 1)); [ $left -gt 0 ] || fail "beta was not pulled"; sleep 1; done
sleep 6
echo "host: device_add driver=pci-testdev id=memory bus=dp1 membar=8388608"
left=60
while [ ! -e /sys/bus/pci/devices/$b ]; do left=$((left - 1)); [ $left -gt 0 ] || fail "nothing came"; sleep 1; done
sleep 2
[ ! -e /sys/bus/pci/devices/$b/driver ] || fail "a driver took it: this shows nothing"

case "$(from $b)" in *bus_addr*) ;; *) fail "the kernel maps nothing of it: $(from $b)" ;; esac
gatectl set enforce "$b>$a" >/dev/null || fail set
expect "not_supported " from $b
[ "$(info enforced_map.no_provider)" -gt 0 ] || fail "not counted: $(gatectl info)"
expect "4 4 listed" gatectl distance $b $a
left=20
until dmesg | grep -q "p2pgate: refused at DMA mapping: $a (nvme) to memory at 0x[0-9a-f]*, which no single known function owns"; do
	left=$((left - 1)); [ $left -gt 0 ] || fail "no log line"; sleep 1
done
gatectl set off >/dev/null || fail set

# Loaded anew, the gate reads all BARs, and knows.
rmmod p2pgate || fail "not unloaded"
kmod p2pgate
gatectl set enforce "$b>$a" >/dev/null || fail set
expect "bus_addr not_supported " from $b
expect 0 info enforced_map.no_provider
no_oops
