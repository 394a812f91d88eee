# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask modules/p2pkill
# source: guest/gatectl.c
# p2ptopo: yes
# ftrace shuts itself down under the gate, for good: INFO, gate status and check no longer say that anything is enforced, and a module
# whose hooks cannot be taken off is never freed under the functions that lead into it.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

command -v p2ptopo >/dev/null || skip "no p2ptopo for this machine"
start_drivers
a=$(function_of alpha) b=$(function_of beta)
kmod p2pask
kmod p2pgate
gatectl set enforce "$a>$b" >/dev/null || fail "set"
[ "$(info hooks)" != 0x0 ] || fail "no hook is in place"
p2ptopo gate status | grep -q 'not on the list is refused' || fail "gate status does not say enforce"
echo '{ "format": "p2ptopo-check", "version": 1, "machine": { "gate": "enforce" } }' >/tmp/check.json
p2ptopo check /tmp/check.json >/tmp/said || fail "check: $(cat /tmp/said)"

insmod /lab/kmod/p2pkill.ko || fail "ftrace was not shut down"
expect 0x0 info hooks
expect enforce info mode
p2ptopo gate status >/tmp/said || fail "gate status"
grep -q 'NOTHING IS SURE TO BE ENFORCED' /tmp/said || fail "gate status does not say so: $(cat /tmp/said)"
p2ptopo gate status -j | grep -q '"enforced": *false' || fail "gate status -j does not say so"
p2ptopo check /tmp/check.json >/tmp/said && fail "check is content"
grep -q 'gate: expected enforce, found out of order' /tmp/said || fail "check does not say so: $(cat /tmp/said)"

# what is hooked stays so here, as it happens; after the module has been unloaded it must still lead somewhere
gatectl set off >/dev/null || fail "set"
rmmod p2pgate &
sleep 3
kill -0 $! || fail "unloaded"
dmesg | grep -q 'p2pgate: cannot remove the hooks, because ftrace was shut down: unloading will never finish; reboot' || fail "no clear sentence"
cat /sys/kernel/debug/p2pask/distance /sys/kernel/debug/p2pask/map >/tmp/after
grep -q "^$a $b 4$" /tmp/after || fail "off, and refused: $(cat /tmp/after)"
no_oops
