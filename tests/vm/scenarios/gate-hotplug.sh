# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod
# source: guest/gatectl.c guest/p2pio.c
# qmp: yes
# A drive is pulled and another one put into its slot: its pairs are gone at once, a push prepared before is stale, and the new
# drive, though it is of the same make and has the same address, is refused until it is pushed itself.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

# until SECONDS COMMAND...
until_true() {
	local left=$(($1 * 5)); shift
	while ! "$@" >/dev/null 2>&1; do
		left=$((left - 1)); [ $left -gt 0 ] || return 1
		sleep 0.2
	done
}
gone() { [ ! -e /sys/bus/pci/devices/$1 ]; }
has_drive() { [ -n "$(disk_of $1)" ]; }

start_drivers
a=$(function_of alpha) b=$(function_of beta) disk=$(disk_of alpha)
fill $disk
kmod p2pgate
ranges=$(info ranges)
gatectl set enforce "$b>$a" "$a>$b" >/dev/null || fail set
io() { [ -e /sys/bus/pci/devices/$b/p2pmem/allocate ] && p2pio $b $disk; }
if [ -e /sys/bus/pci/devices/$b/p2pmem/allocate ]; then expect moved io; fi
expect "4 4 listed" gatectl distance $b $a
before=$(info generation)

echo "host: device_del id=beta"
until_true 60 gone $b || fail "beta was not pulled"
expect 0 info pairs
expect 2 info dropped
pulled=$(info generation)
[ $pulled -gt $before ] || fail "the generation did not move"
refused ESTALE gatectl set enforce -g $before "$b>$a"

until_true 30 grep -q . /sys/bus/pci/slots/12/power
sleep 6
echo "host: device_add driver=nvme id=delta bus=dp1 drive=d3 serial=delta cmb_size_mb=16"
until_true 60 has_drive delta || fail "delta did not come"
expect "$b" function_of delta
[ "$(info generation)" -gt $pulled ] || fail "the generation did not move for the new drive"
refused ESTALE gatectl set enforce -g $pulled "$b>$a"
expect "4 -1 not_listed" gatectl distance $b $a
expect "4 -1 not_listed" gatectl distance $a $b
expect "" gatectl get
if [ -e /sys/bus/pci/devices/$b/p2pmem/allocate ]; then expect_like "E* clean" io; fi
expect 0 info enforced_map.no_provider
expect "$ranges" info ranges
gatectl set enforce "$b>$a" >/dev/null || fail set
expect "4 4 listed" gatectl distance $b $a
if [ -e /sys/bus/pci/devices/$b/p2pmem/allocate ]; then expect moved io; fi
no_oops
