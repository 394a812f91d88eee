# SPDX-License-Identifier: GPL-2.0-or-later
# kmod: ../../kmod modules/p2pcrowd
# source: guest/gatectl.c guest/gatepush.c
# A domain of 1,200 functions goes away under a list of 1.1 million pairs of them: a fifth longer than without the gate at most, and
# every pair is counted once.  On an emulator that counts instructions.
. /lab/functions.sh
. /lab/gate.sh

now() { awk '/^now at/ { print $3; exit }' /proc/timer_list; }
# away: how long it takes them to go, in ns
away() {
	local began
	began=$(now)
	rmmod p2pcrowd || fail "not unloaded"
	echo $(($(now) - began))
}
least() { sort -n "$1" | head -1; }

for round in 1 2 3; do
	insmod /lab/kmod/p2pcrowd.ko count=1200 || fail "no crowd"
	away >>/tmp/without
	kmod p2pgate
	insmod /lab/kmod/p2pcrowd.ko count=1200 || fail "no crowd"
	gatepush push c0de 1050 >/dev/null || fail "push"
	expect 1101450 info pairs
	away >>/tmp/with
	expect 0 info pairs
	expect 1101450 info dropped
	gatectl set off >/dev/null || fail "set"
	rmmod p2pgate || fail "not unloaded"
done
without=$(least /tmp/without) with=$(least /tmp/with)
echo "1200 functions gone in ns: $without without the gate, $with under 1101450 pairs: $((with * 100 / without)) of 100"
[ $((with * 100)) -le $((without * 120)) ] || fail "takes too long"
no_oops
