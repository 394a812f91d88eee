# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pcrowd modules/p2pmany
# source: guest/gatectl.c guest/gatepush.c
# What the gate costs a call of pci_p2pdma_distance_many(), against the same call without it in the same boot, on an emulator that
# counts instructions: in off 10 in a hundred at most, with ten pairs twice as much, with a million 2.2 times. Asked of two functions
# at once on a bus without bridges, where the kernel's own answer is the shortest, and of the two drives behind a switch.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh
counted

start_drivers
insmod /lab/kmod/p2pcrowd.ko count=2048 || fail "no crowd"
kmod p2pmany
p=c0de:00:01.0 c=c0de:01:02.3 a=$(function_of alpha) b=$(function_of beta)
echo 1000 >/sys/module/p2pmany/parameters/repeat

# cost PROVIDER CLIENT: instructions of one call, the least of a few runs
cost() {
	for i in 1 2 3 4 5; do
		echo "$1 $2" >/sys/kernel/debug/p2pmany
		cat /sys/kernel/debug/p2pmany_ns
	done | sort -n | head -1
}
failed=
# within LIMIT WHAT COST BASE: in hundredths
within() {
	echo "$2: $3 instructions, $(($3 * 100 / $4)) of 100"
	[ $(($3 * 100)) -le $(($1 * $4)) ] || failed="$failed $2"
}

crowd=$(cost $p $c) drives=$(cost "$a" "$b")
echo "no gate: $crowd and $drives instructions"
kmod p2pgate
within 110 off "$(cost $p $c)" "$crowd"
within 110 off-drives "$(cost "$a" "$b")" "$drives"
gatectl set enforce "$a>$b" "$p>$c" c0de:00:00.0\>c0de:00:00.1 c0de:00:00.0\>c0de:00:00.2 c0de:00:00.0\>c0de:00:00.3 \
	c0de:00:00.0\>c0de:00:00.4 c0de:00:00.0\>c0de:00:00.5 c0de:00:00.0\>c0de:00:00.6 c0de:00:00.0\>c0de:00:00.7 \
	c0de:00:00.1\>c0de:00:00.0 >/dev/null || fail "set"
within 200 ten-pairs "$(cost $p $c)" "$crowd"
within 200 ten-pairs-drives "$(cost "$a" "$b")" "$drives"
gatepush push c0de 1001 || fail "push"
within 220 million-pairs "$(cost $p $c)" "$crowd"
gatectl set enforce >/dev/null || fail "set"
within 110 refused "$(cost $p $c)" "$crowd"
gatectl set off >/dev/null
rmmod p2pgate || fail "not unloaded"
[ -z "$failed" ] || fail "costs more than it may:$failed"
no_oops
