# SPDX-License-Identifier: GPL-2.0-or-later
# kmod: ../../kmod modules/p2pcrowd
# source: guest/gatectl.c guest/gatepush.c
# A domain of 1,200 functions goes away under a list of 1.1 million pairs of them: a fifth longer than without the gate at most, and
# every pair is counted once, however the clients lie.  On an emulator that counts instructions.
. /lab/functions.sh
. /lab/gate.sh
counted

now() { awk '/^now at/ { print $3; exit }' /proc/timer_list; }
# away: how long it takes them to go, in ns
away() {
	local began
	began=$(now)
	rmmod p2pcrowd || fail "not unloaded"
	echo $(($(now) - began))
}
least() { sort -n "$1" | head -1; }

# Some of a smaller crowd go one by one: what is counted is what the list still has.
insmod /lab/kmod/p2pcrowd.ko count=300 || fail "no crowd"
kmod p2pgate
gatepush ragged c0de 300 >/dev/null || fail "push"
all=$(info pairs)
expect "$all" sh -c "gatectl get | wc -l"
for gone in 00:00.0 01:05.3 00:01.0 00:00.7 00:1f.7 01:00.0 00:01.1 00:10.4 01:05.2 00:10.3 00:10.5 00:02.0; do
	echo 1 >"/sys/bus/pci/devices/c0de:$gone/remove"
	expect "$(gatectl get | wc -l)" info pairs
	expect "$all" sh -c 'gatectl info | awk "/^(pairs|dropped) / { n += \$2 } END { print n }"'
done
[ "$(info pairs)" -gt $((all / 2)) ] && [ "$(info dropped)" -gt 2000 ] || fail "$(info dropped) of $all pairs gone"
gatectl set off >/dev/null || fail "set"
rmmod p2pgate || fail "not unloaded"
rmmod p2pcrowd || fail "not unloaded"

for round in 1 2; do
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
