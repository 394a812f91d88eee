# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme dm-mod
# kmod: ../../kmod
# source: guest/gatectl.c guest/p2pmix.c
# program: dmsetup
# One transfer with several pieces of memory, RAM and the memory of more than one peer: each peer counts, wherever it stands in the
# request and by whichever way the request comes. Every byte that must not move is looked at, in both directions.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta) c=$(function_of gamma) far=$(function_of delta) m=$(function_of epsilon)
disk=$(disk_of gamma) metadisk=$(disk_of epsilon)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$c" ] && [ -n "$far" ] && [ -n "$disk" ] || fail "a drive is missing"
[ -e "/sys/bus/pci/devices/$a/p2pmem/allocate" ] || skip "this kernel does not let user space allocate peer memory"
[ -n "$metadisk" ] || fail "no drive with metadata"
fill "$disk"
if command -v dmsetup >/dev/null; then
	dmsetup create lab --table "0 65536 linear $disk 0" && dmsetup mknodes || fail "no dm-linear"
fi
trace=/sys/kernel/tracing
queue=/sys/block/$(basename "$disk")/queue

# each WANTED PIECE...: every way a request can come, both directions
passthrough="vector single"
# On 6.18.15 the driver comes to no end with a command of several kinds, and warns: not of our doing.
[ "$(p2pmix vector read "$disk" ram $a)" = moved ] || { passthrough=; dmesg -c >/dev/null; }
ways="uring batch $passthrough"
each() {
	local want=$1 way to; shift
	for to in read write; do
		for way in $ways; do
			expect_like "$want" p2pmix "$way" $to "$disk" "$@"
		done
	done
}
# each_meta WANTED PIECE [PIECE]
each_meta() {
	local want=$1 to; shift
	for to in read write; do
		expect_like "$want" p2pmix meta $to "$metadisk" "$@"
	done
}

# The driver of 6.12 tries a command again, without an end, whose metadata it cannot map, whoever refuses; each try is refused, and
# the command comes to its end when the gate lets it pass.
held_up() {
	local list refused pid
	list=$(gatectl get)
	p2pmix meta "$@" >/tmp/held &
	pid=$!
	sleep 2
	refused=$(info enforced_map.not_listed)
	sleep 1
	[ "$(info enforced_map.not_listed)" -gt "$refused" ] && [ ! -s /tmp/held ] || fail "metadata passes, or is not tried again: $*"
	gatectl set observe >/dev/null || fail "set"
	wait $pid
	expect moved cat /tmp/held
	gatectl set enforce $list >/dev/null || fail "set"
}
# refuse_meta PIECE [PIECE]
refuse_meta() {
	local to
	for to in read write; do
		if grep -q ' blk_rq_integrity_dma_map_iter_start$' /proc/kallsyms; then
			expect_like "E* clean" p2pmix meta $to "$metadisk" "$@"
		else
			held_up $to "$metadisk" "$@"
		fi
	done
}

each moved ram
each moved ram $a
each_meta moved $a
# A device-mapper target takes no peer memory at all.
if [ -e /dev/mapper/lab ]; then
	expect_like "EREMOTEIO clean" p2pmix uring read /dev/mapper/lab ram $a
	dmsetup remove lab
fi
kmod p2pgate
each moved $a ram $b
each_meta moved $a
each_meta moved ram $a

gatectl set enforce || fail "set"
for merges in 0 2; do
	echo $merges >$queue/nomerges
	each moved ram ram
	each "E* clean" $a
	each "E* clean" ram $a
	each "E* clean" $a ram
	each "E* clean" ram $a ram $b
done
echo 0 >$queue/nomerges
each_meta moved ram
refuse_meta $a
refuse_meta ram $a
refuse_meta $a ram
refuse_meta $a $b
# Buffers that are registered are pinned for long, which peer memory cannot be.
expect "moved" p2pmix fixed read "$disk" ram ram
expect_like "E* clean" p2pmix fixed read "$disk" ram $a

# Counted, traced and logged for what it is, each peer of a request. A driver may try a refused request again.
counted=$(info enforced_map.not_listed)
expect_like "E* clean" p2pmix uring read "$disk" $a
tries=$(($(info enforced_map.not_listed) - counted))
way=vector hook=request wanted=2 peers="$a $b"
[ -n "$passthrough" ] || way=batch hook=update_state wanted=$((2 * tries))
# Where each segment is asked, the first that is refused is the last.
grep -q ' blk_rq_dma_map_iter_start$' /proc/kallsyms || [ -z "$passthrough" ] || hook=map_segment wanted=1 peers=$a
counted=$(info enforced_map.not_listed)
echo 1 >$trace/events/p2pgate/p2pgate_decision/enable
expect_like "E* clean" p2pmix $way read "$disk" ram $a ram $b
echo 0 >$trace/events/p2pgate/p2pgate_decision/enable
counted=$(($(info enforced_map.not_listed) - counted))
[ $counted = $wanted ] || fail "$counted counted, expected $wanted"
sleep 1
for peer in $peers; do
	grep -q "provider=$peer client=$c address=0x[0-9a-f]* hook=$hook reason=not_listed" $trace/trace || fail "not traced: $peer"
	dmesg | grep -q "p2pgate: refused at DMA mapping: $c (nvme) to memory of $peer (nvme)" || fail "not logged: $peer"
done

# The file of a block device ends its direct part where the kind of memory changes, and gets the rest through the page cache: the
# CPU copies it, and what the disk was asked for went to ordinary memory. So this is no peer-to-peer DMA, and passes.
# 6.12 does not end it there, and asks about each segment.
cut=moved
grep -q ' blk_rq_dma_map_iter_start$' /proc/kallsyms || cut="E* clean"
counted=$(info enforced_map.not_listed)
echo 3 >/proc/sys/vm/drop_caches
echo 1 >$trace/events/block/block_rq_issue/enable
for way in preadv pread; do
	expect_like "$cut" p2pmix $way read "$disk" ram $a
	expect_like "$cut" p2pmix $way write "$disk" ram $a
	expect_like "E* clean" p2pmix $way read "$disk" $a ram
done
echo 0 >$trace/events/block/block_rq_issue/enable
[ "$cut" != moved ] || grep -q "block_rq_issue: .* RA 16384 () 544 + 32" $trace/trace || fail "the rest was not read ahead into the page cache"
[ "$cut" != moved ] || [ "$(info enforced_map.not_listed)" = $((counted + 2 * tries)) ] || fail "more was asked than the two that begin with a peer"

# One peer allowed, the other not; the wrong direction.
gatectl set enforce "$a>$c" "$b>$a" || fail "set"
each moved $a
each moved ram $a
each moved $a ram $a
each "E* clean" ram $b
ways=$passthrough	# the others make a request of each piece, and that of the allowed peer moves
each "E* clean" $b $a
each "E* clean" $a $b
each "E* clean" $a ram $b
gatectl set enforce "$a>$c" "$a>$m" "$b>$c" || fail "set"
ways="uring batch $passthrough"
each moved $a $b
each moved ram $a ram $b
each_meta moved $a
each_meta moved ram $a
refuse_meta $b
refuse_meta ram $b
refuse_meta $a $b

# In observe all of it passes, and is counted.
gatectl set observe || fail "set"
each moved ram $a ram $b
each_meta moved $b
[ "$(info observed_map.not_listed)" -gt 0 ] || fail "observe counts nothing"

# A pair that the list allows and the kernel does not: refused by the kernel where it asks, which is at the head of a request.
gatectl set enforce "$far>$c" || fail "set"
each "E* clean" $far
each "E* clean" $far ram
# Behind ordinary memory it does not ask, and a listed pair is let through; 6.12 does.
ways=$passthrough
each "$cut" ram $far
gatectl set off >/dev/null
rmmod p2pgate || fail "not unloaded"
no_oops
