# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask
# source: guest/gatectl.c
# A function goes away and comes back in its place, by sysfs: its pairs go, the generation moves both times, a push prepared
# before is stale, and what stands there afterwards is a stranger until a new push. The BAR ranges follow.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

passes_map() { awk '$1 != $2 && ($3 == "bus_addr" || $3 == "thru_host_bridge") { print $1 ">" $2 }' /sys/kernel/debug/p2pask/map | sort | tr '\n' ' '; }

start_drivers
a=$(function_of alpha) b=$(function_of beta)
kmod p2pask
kmod p2pgate
ranges=$(info ranges)
gatectl set enforce "$a>$b" "$b>$a" >/dev/null || fail set
expect "$a>$b $b>$a " passes_map
before=$(info generation)

gatectl wait 20 >/tmp/woken &
watcher=$!
(timeout 30 uevent sh -c 'env | grep ^P2PGATE >>/tmp/event; [ -z "$P2PGATE_EVENT" ] || echo >>/tmp/event' >/dev/null 2>&1 &)
sleep 1
echo 1 >/sys/bus/pci/devices/$b/remove
wait $watcher || fail "poll was not woken"
gone=$(info generation)
[ "$gone" -gt "$before" ] || fail "the generation did not move"
expect 0 info pairs
expect 2 info dropped
expect 1 info functions
expect "" gatectl get
[ "$(info ranges)" -lt "$ranges" ] || fail "the BARs of a removed function are still known"
dmesg | grep -q "p2pgate: $b went away, and 2 pairs with it" || fail "nothing in the log"
sleep 1
grep -q "^P2PGATE_EVENT=dropped" /tmp/event && grep -q "^P2PGATE_FUNCTION=$b" /tmp/event && grep -q "^P2PGATE_PAIRS=2" /tmp/event ||
	fail "no uevent: $(cat /tmp/event)"
refused ESTALE gatectl set enforce -g $before "$a>$b" "$b>$a"
refused ENODEV gatectl distance $a $b

echo 1 >/sys/bus/pci/rescan
start_drivers
[ -e /sys/bus/pci/devices/$b ] || fail "$b did not come back"
[ "$(info generation)" -gt "$gone" ] || fail "the generation did not move for the new function"
refused ESTALE gatectl set enforce -g $gone "$a>$b"
expect "" passes_map
expect_like "* -1 not_listed" gatectl distance $a $b
expect_like "* -1 not_listed" gatectl distance $b $a
expect 0 info enforced_map.no_provider
expect "$ranges" info ranges
gatectl set enforce "$b>$a" >/dev/null || fail set
expect "$b>$a " passes_map

# Both ends gone at once count each pair once; a function that is on no list is no event.
gatectl set enforce "$a>$b" "$b>$a" >/dev/null || fail set
echo 1 >/sys/bus/pci/devices/$a/remove
echo 1 >/sys/bus/pci/devices/$b/remove
expect 2 info dropped
expect 0 info functions
gatectl set off >/dev/null || fail set
rmmod p2pgate || fail "not unloaded"
echo 1 >/sys/bus/pci/rescan
no_oops
