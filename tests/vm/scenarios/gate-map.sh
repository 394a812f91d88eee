# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask
# source: guest/gatectl.c
# Every ordered pair at distance and at DMA mapping, under off, an empty enforce, one pair, all pairs, off again: the same two
# questions asked of the kernel each time. What its cache holds from before makes no difference.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

# answers NAME: both questions for every pair, own memory apart
answers() {
	awk '$1 != $2' /sys/kernel/debug/p2pask/distance >/tmp/$1.distance
	awk '$1 != $2 && !/^#/ { print $1, $2, $3 }' /sys/kernel/debug/p2pask/map >/tmp/$1.map
	awk '$1 == $2 { print $1, $2, $3 }' /sys/kernel/debug/p2pask/distance /sys/kernel/debug/p2pask/map >/tmp/$1.self
}
yes_distance() { awk '$3 >= 0 { print $1 ">" $2 }' /tmp/$1.distance | sort; }
yes_map() { awk '$3 == "bus_addr" || $3 == "thru_host_bridge" { print $1 ">" $2 }' /tmp/$1.map | sort; }

start_drivers
kmod p2pask
answers bare
[ -s /tmp/bare.distance ] && [ -n "$(yes_map bare)" ] || fail "nothing is permitted on this fabric: it shows nothing"

kmod p2pgate
answers off
cmp /tmp/bare.distance /tmp/off.distance && cmp /tmp/bare.map /tmp/off.map || fail "off changes answers"

gatectl set observe >/dev/null || fail "set observe"
answers observe
cmp /tmp/bare.distance /tmp/observe.distance && cmp /tmp/bare.map /tmp/observe.map || fail "observe changes answers"
[ "$(info observed_distance.not_listed)" -ge "$(wc -l </tmp/bare.distance)" ] || fail "observe does not count distance"
[ "$(info observed_map.not_listed)" -ge "$(wc -l </tmp/bare.map)" ] || fail "observe does not count maps"

gatectl set enforce >/dev/null || fail "set enforce"
answers none
[ -z "$(yes_distance none)" ] || fail "passed at distance with an empty list: $(yes_distance none)"
[ -z "$(yes_map none)" ] || fail "passed at map with an empty list: $(yes_map none)"
cmp /tmp/bare.self /tmp/none.self || fail "a function's own memory is gated"
[ "$(info enforced_map.no_provider)" = 0 ] || fail "BARs that the table does not know"

pair=$(yes_map bare | head -1)
gatectl set enforce "$pair" >/dev/null || fail "set $pair"
answers one
[ "$(yes_distance one)" = "$pair" ] || fail "distance passes '$(yes_distance one)', not $pair"
[ "$(yes_map one)" = "$pair" ] || fail "map passes '$(yes_map one)', not $pair"

gatectl set enforce $(awk '{ print $1 ">" $2 }' /tmp/bare.distance) >/dev/null || fail "set all"
answers all
cmp /tmp/bare.distance /tmp/all.distance && cmp /tmp/bare.map /tmp/all.map || fail "a full list changes answers"

gatectl set off >/dev/null || fail "set off"
answers after
cmp /tmp/bare.distance /tmp/after.distance && cmp /tmp/bare.map /tmp/after.map || fail "off again changes answers"
no_oops
echo "pairs: $(wc -l </tmp/bare.distance) at distance, $(wc -l </tmp/bare.map) at map"
