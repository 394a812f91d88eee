# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pother modules/p2pask
# source: guest/gatectl.c
# A second user of a hooked function's entry: whoever comes second is refused, cleanly, whichever function it is. Tracers beside
# the gate take nothing from it, and ftrace cannot be switched off under it.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

all_refused() { awk '$1 != $2 && $3 != -1' /sys/kernel/debug/p2pask/distance | grep . && fail "passed: $1"; return 0; }
trace=/sys/kernel/tracing

start_drivers
kmod p2pask
cat /sys/kernel/debug/p2pask/distance >/tmp/bare
kmod p2pgate
for bit in 1:pci_p2pdma_distance_many 2:pci_p2pdma_map_segment 4:__pci_p2pdma_update_state 8:pci_p2pdma_map_type \
	16:dma_map_resource 32:blk_rq_dma_map_iter_start 64:blk_rq_integrity_dma_map_iter_start \
	128:iommu_dma_map_sg; do
	[ $(($(info hooks) & ${bit%%:*})) = 0 ] || functions="$functions ${bit#*:}"
done
rmmod p2pgate || fail "not unloaded"
echo "hooked here:$functions"
[ $(echo $functions | wc -w) -ge 2 ] || fail "less than two functions hooked"

for f in $functions; do
	insmod /lab/kmod/p2pother.ko function=$f || fail "p2pother cannot be loaded on $f"
	insmod /lab/kmod/p2pgate.ko 2>/tmp/err && fail "p2pgate loaded beside another user of $f"
	dmesg | grep -q "p2pgate: cannot hook $f(), something else .* has it, or ftrace is off (error -16): not loaded" ||
		fail "no clear sentence about $f"
	[ ! -e /dev/p2pgate ] && [ ! -d /sys/module/p2pgate ] || fail "something was left behind"
	grep -v p2pother $trace/enabled_functions | grep -E "p2pdma.*\bI\b" && fail "hooks were left behind"
	rmmod p2pother || fail "p2pother not unloaded"
	cmp /tmp/bare /sys/kernel/debug/p2pask/distance || fail "the kernel's answers have changed"

	kmod p2pgate
	gatectl set enforce >/dev/null || fail "set"
	insmod /lab/kmod/p2pother.ko function=$f 2>/dev/null && fail "another user of $f was let in beside the gate"
	all_refused "after a second user tried $f"
	gatectl set off >/dev/null
	rmmod p2pgate || fail "not unloaded"
done

kmod p2pgate
gatectl set enforce >/dev/null || fail "set"
echo 0 >/proc/sys/kernel/ftrace_enabled 2>/dev/null && fail "ftrace could be switched off under the gate"
all_refused "after ftrace_enabled=0 was tried"
if grep -qw function $trace/available_tracers; then
	for f in $functions; do echo $f; done >$trace/set_ftrace_filter
	echo function >$trace/current_tracer
	all_refused "under the function tracer"
	grep -q p2pdma $trace/trace || fail "the function tracer saw nothing"
	echo nop >$trace/current_tracer
	echo >$trace/set_ftrace_filter
fi
if [ -e $trace/kprobe_events ] && echo "p:here pci_p2pdma_distance_many" >$trace/kprobe_events; then
	all_refused "with a kprobe defined on it"
fi
gatectl set off >/dev/null
cmp /tmp/bare /sys/kernel/debug/p2pask/distance || fail "the kernel's answers have changed"
no_oops
