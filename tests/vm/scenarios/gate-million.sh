# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pcrowd modules/p2pmany
# source: guest/gatectl.c guest/gatepush.c
# Lists of a million pairs, and of the most there may be: two pushers in a race, SIGKILL in the middle of a push, and what the list costs in memory and time.
. /lab/functions.sh
. /lab/gate.sh

insmod /lab/kmod/p2pcrowd.ko count=2048 || fail "no crowd"
kmod p2pmany
kmod p2pgate
gatepush race c0de 400 ${rounds:-100} || fail "race"
gatepush kill c0de 1001 ${rounds:-60} || fail "kill"

# Memory: what the kernel lacks after a push of as many pairs as there may be.
gatectl set off >/dev/null
free() { sync; echo 3 >/proc/sys/vm/drop_caches; sleep 1; awk '/^MemFree/ { print $2 }' /proc/meminfo; }
before=$(free)
gatepush push c0de 2048 || fail "push"
took=$((before - $(free)))
echo "a list of 4192256 pairs takes $took KiB"
[ $took -gt $((4192256 * 2 / 1024)) ] && [ $took -lt $((4192256 * 16 / 1024)) ] || fail "more than 16 bytes a pair, or nothing"
gatepush push c0de 1001 || fail "push"

# ns PAIRS: of the kernel's answer for one listed pair, the least of a few runs
p=c0de:00:01.0 c=c0de:01:02.3
ns() {
	for i in 1 2 3 4 5 6 7; do
		echo 2000 >/sys/module/p2pmany/parameters/repeat
		echo "$p $c" >/sys/kernel/debug/p2pmany
		cat /sys/kernel/debug/p2pmany_ns
	done | sort -n | head -1
}
million=$(ns)
gatectl set enforce "$p>$c" c0de:00:00.0\>c0de:00:00.1 c0de:00:00.0\>c0de:00:00.2 c0de:00:00.0\>c0de:00:00.3 \
	c0de:00:00.0\>c0de:00:00.4 c0de:00:00.0\>c0de:00:00.5 c0de:00:00.0\>c0de:00:00.6 c0de:00:00.0\>c0de:00:00.7 \
	c0de:00:00.1\>c0de:00:00.0 c0de:00:00.1\>c0de:00:00.2 >/dev/null || fail set
ten=$(ns)
gatectl set enforce >/dev/null
refusal=$(ns)
gatectl set off >/dev/null
off=$(ns)
rmmod p2pgate || fail "not unloaded"
none=$(ns)
echo "cost of one call in ns: no gate $none, off $off, 10 pairs $ten, 1001000 pairs $million, refused $refusal"
awk "BEGIN { printf \"cost ratio: off %.2f, 10 pairs %.2f, a million %.2f, refused %.2f\\n\", $off/$none, $ten/$none, $million/$none, $refusal/$none }"
no_oops
