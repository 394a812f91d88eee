# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod
# source: guest/gatectl.c guest/p2pcost.c
# What the gate costs a read with O_DIRECT, in enforce against without it, in one run, on an emulator that counts instructions.
# Ordinary memory: 2 in a hundred at most. Peer memory: 10. The interrupt, a fifth of all that a read costs, comes while the program
# sleeps and is not in what is measured.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh
counted

start_drivers
a=$(function_of alpha) b=$(function_of beta) disk=$(disk_of beta)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$disk" ] || fail "no drives alpha and beta"
[ -e "/sys/bus/pci/devices/$a/p2pmem/allocate" ] || skip "this kernel does not let user space allocate peer memory"
# measure NAME: one line for each kind of memory and size
measure() {
	local size what
	for what in ram "$a"; do
		for size in 4096 16384 131072; do
			echo "$1 $what $size $(p2pcost "$disk" $size 400 "$what")"
		done
	done >>/tmp/measured
}
least() { sed -n "s/^$1 $2 $3 //p" /tmp/measured | sort -n | head -1; }

one_round() {
	measure without
	kmod p2pgate
	measure off
	gatectl set enforce "$a>$b" >/dev/null || fail "set"
	measure enforce
	gatectl set off >/dev/null || fail "set"
	rmmod p2pgate || fail "not unloaded"
}

# compare: the figures, and in $failed what is over its limit
compare() {
	local what size limit without enforce
	failed=
	for what in ram "$a"; do
		limit=110
		[ $what != ram ] || limit=102
		for size in 4096 16384 131072; do
			without=$(least without $what $size) enforce=$(least enforce $what $size)
			echo "$what $size bytes: $without without, $(least off $what $size) off, $enforce enforce: $((enforce * 1000 / without)) of 1000"
			[ $((enforce * 100)) -le $((limit * without)) ] || failed="$failed $what:$size"
		done
	done
}

# What else runs in the guest only adds; the least of some rounds is free of it, and of more where these were not enough.
round=0
while [ $round -lt 4 ] || { [ $round -lt 12 ] && compare >/dev/null && [ -n "$failed" ]; }; do
	one_round
	round=$((round + 1))
done
compare
[ -z "$failed" ] || fail "costs more than it may:$failed"
no_oops
