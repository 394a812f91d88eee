# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask
# source: guest/gatectl.c
# Pushing the same list over and over tells of no pair again and prints no more than 20 lines in 5 seconds; a pair that a list let
# through meanwhile, and one that is refused in another mode, is told of again.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

lines() { dmesg | grep -c "p2pgate: $1"; }
ask_all() { cat /sys/kernel/debug/p2pask/distance >/dev/null; }
settle() {
	local before=-1 now=0
	while [ $before != $now ]; do before=$now; sleep 7; now=$(lines .); done
}

start_drivers
a=$(function_of alpha) b=$(function_of beta)
kmod p2pask
kmod p2pgate
now() { cut -d. -f1 /proc/uptime; }
first=$(now)
gatectl set enforce >/dev/null || fail "set enforce"
ask_all
sleep 1
at_once=$(lines refused)
[ "$at_once" -le $((20 * (1 + ($(now) - first) / 5))) ] || fail "$at_once lines in $(($(now) - first)) s"
settle
told=$(lines refused)
[ $told -gt 20 ] || fail "this fabric has too few pairs: $told"

i=0
while [ $i -lt 40 ]; do gatectl set enforce >/dev/null || fail "push $i"; ask_all; i=$((i + 1)); done
settle
expect "$told" lines refused
echo "$told lines, and none more after 40 pushes"

pair="$b (nvme) to memory of $a (nvme)"
expect 1 lines "refused when asked: $pair"
gatectl set enforce "$a>$b" >/dev/null || fail "set $a>$b"
ask_all
gatectl set enforce >/dev/null || fail "set enforce"
ask_all
settle
expect 2 lines "refused when asked: $pair"
expect $((told + 1)) lines refused

gatectl set observe >/dev/null || fail "set observe"
ask_all
settle
expect 1 lines "would refuse when asked: $pair"
no_oops
