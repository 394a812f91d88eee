# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod
# source: guest/gatectl.c guest/gate32.c
# p2ptopo: yes
# Loading. On a kernel without p2pdma it fails with one clear sentence and leaves nothing, and status and check say that nothing is
# enforced; elsewhere the parameters do what they say: initial=enforce refuses all from the first moment, hold=0 lets the module go.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
if ! grep -qw pci_p2pdma_distance_many /proc/kallsyms; then
	insmod /lab/kmod/p2pgate.ko 2>/dev/null && fail "loaded on a kernel without p2pdma"
	dmesg | grep -q 'p2pgate: this kernel was built without CONFIG_PCI_P2PDMA .*, so nothing can be gated: not loaded' ||
		fail "no clear sentence"
	[ ! -e /dev/p2pgate ] && [ ! -d /sys/module/p2pgate ] || fail "something was left behind"
	p2ptopo gate status >/tmp/said 2>&1
	[ $? = 3 ] && grep -q 'NOTHING IS ENFORCED' /tmp/said || fail "gate status does not say so: $(cat /tmp/said)"
	echo '{ "format": "p2ptopo-check", "version": 1, "machine": { "gate": "enforce" } }' >/tmp/check.json
	p2ptopo check /tmp/check.json >/tmp/said 2>&1
	[ $? = 11 ] && grep -q 'gate: expected enforce, found not loaded' /tmp/said || fail "check does not say so: $(cat /tmp/said)"
	no_oops
	exit 0
fi

a=$(function_of alpha) b=$(function_of beta)
insmod /lab/kmod/p2pgate.ko initial=everything 2>/dev/null && fail "loaded with a mode that there is not"
dmesg | grep -q 'p2pgate: initial=everything: expected off, observe or enforce' || fail "no clear sentence"

kmod p2pgate
expect off info mode
expect "$(stat -c %a /dev/p2pgate)" echo 600
expect 1 info generation
expect 0x0 info flags
rmmod p2pgate || fail "not unloaded"

kmod p2pgate initial=observe
expect observe info mode
rmmod p2pgate || fail "not unloaded"

kmod p2pgate initial=enforce
expect enforce info mode
expect 0x2 info flags
expect "4 -1 not_listed" gatectl distance $a $b
rmmod p2pgate 2>/dev/null && fail "unloaded in enforce"
gatectl set enforce "$a>$b" >/dev/null || fail set
expect "4 4 listed" gatectl distance $a $b
echo 0 >/sys/module/p2pgate/parameters/hold
expect 0x0 info flags
rmmod p2pgate || fail "not unloaded though let go"

kmod p2pgate "initial=enforce hold=0"
expect "4 -1 not_listed" gatectl distance $a $b
rmmod p2pgate || fail "not unloaded though never held"

# The same tables and commands for a 32-bit program.
kmod p2pgate
gatectl set enforce "$a>$b" "$b>$a" >/dev/null || fail set
if [ "$(uname -m)" = x86_64 ]; then
	gate32 || fail "32 bit"
	expect observe info mode
fi
gatectl set off >/dev/null
rmmod p2pgate || fail "not unloaded"

# Whoever has the device open keeps the module; a watcher is woken by a change.
kmod p2pgate
gatectl wait 20 >/tmp/woken &
sleep 1
rmmod p2pgate 2>/dev/null && fail "unloaded under an open file"
gatectl set observe >/dev/null || fail set
wait $! || fail "poll was not woken"
expect "generation 2" cat /tmp/woken
timeout 5 gatectl wait 1 && fail "poll woke without a change"
gatectl set off >/dev/null
rmmod p2pgate || fail "not unloaded"
no_oops
