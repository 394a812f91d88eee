# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask
# source: guest/gatectl.c guest/p2pbpf.c
# Tracers at work on the very functions that are hooked, each seen to have something to tell: with an empty list no pair passes, with
# one pair that one does, and no call is refused for fear of recursion.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh
trace=/sys/kernel/tracing

# yes: the pairs that may, own memory apart: by distance, then by map
yes() {
	awk '$1 != $2 && (FILENAME ~ /distance$/ ? $3 >= 0 : $3 == "bus_addr" || $3 == "thru_host_bridge") { print $1 ">" $2 }' \
		/sys/kernel/debug/p2pask/distance /sys/kernel/debug/p2pask/map
}
# holds WHAT: the gate does what it says, while that traces
holds() {
	gatectl set enforce >/dev/null || fail "set beside $1"
	may=$(yes)
	[ -z "$may" ] || fail "an empty list passes beside $1: $may"
	gatectl set enforce "$pair" >/dev/null || fail "set beside $1"
	may=$(yes)
	[ "$may" = "$pair
$pair" ] || fail "not just $pair passes beside $1: $may"
	[ "$(info enforced_distance.recursion) $(info enforced_map.recursion)" = "0 0" ] || fail "taken for recursion beside $1"
	echo "beside $1"
}
# again WHAT: that, and once more with a gate that comes after the tracer
again() {
	holds "$1"
	gatectl set off >/dev/null
	rmmod p2pgate || fail "not unloaded beside $1"
	kmod p2pgate
	holds "$1, which was there first"
}
# saw WHAT: the tracer had something to tell of those functions that are called here
saw() {
	for f in $functions; do
		case $f in
		pci_p2pdma_distance_many | *map_segment | *update_state)
			grep -q "$f" $trace/trace || fail "$1 saw nothing of $f" ;;
		esac
	done
}

start_drivers
kmod p2pask
pair=$(yes | tail -1)
[ -n "$pair" ] || fail "nothing is permitted on this fabric: it shows nothing"
kmod p2pgate
for bit in 1:pci_p2pdma_distance_many 2:pci_p2pdma_map_segment 4:__pci_p2pdma_update_state 8:pci_p2pdma_map_type \
	16:dma_map_resource 32:blk_rq_dma_map_iter_start 64:blk_rq_integrity_dma_map_iter_start \
	128:iommu_dma_map_sg; do
	[ $(($(info hooks) & ${bit%%:*})) = 0 ] || functions="$functions ${bit#*:}"
done
holds "no tracer"

if [ -e $trace/kprobe_events ]; then
	for f in $functions; do
		echo "p:kprobes/in_$f $f" >>$trace/kprobe_events && echo "r:kprobes/out_$f $f" >>$trace/kprobe_events || fail "no kprobe on $f"
	done
	echo 1 >$trace/events/kprobes/enable
	again "kprobes and kretprobes"
	saw kprobes
	echo 0 >$trace/events/kprobes/enable
	echo >$trace/kprobe_events
	echo >$trace/trace
fi
if [ -e $trace/dynamic_events ] && echo "f:fprobes/in_dma_map_resource dma_map_resource" >>$trace/dynamic_events 2>/dev/null; then
	for f in $functions; do
		[ $f = dma_map_resource ] || echo "f:fprobes/in_$f $f" >>$trace/dynamic_events || fail "no fprobe on $f"
		echo "f:fprobes/out_$f $f%return" >>$trace/dynamic_events || fail "no fprobe on $f"
	done
	echo 1 >$trace/events/fprobes/enable
	again "fprobes at entry and exit"
	saw fprobes
	echo 0 >$trace/events/fprobes/enable
	echo >$trace/dynamic_events
	echo >$trace/trace
fi
if grep -qw function_graph $trace/available_tracers; then
	for f in $functions; do echo $f >>$trace/set_graph_function; done
	echo function_graph >$trace/current_tracer
	holds "function_graph"
	saw function_graph
	echo nop >$trace/current_tracer
	echo >$trace/set_graph_function
	echo function_graph >$trace/current_tracer
	holds "function_graph on everything"
	echo nop >$trace/current_tracer
fi
if grep -qw function $trace/available_tracers; then
	echo function >$trace/current_tracer
	holds "function on everything"
	echo nop >$trace/current_tracer
fi
# A BPF program at a function's entry or exit takes the place of what ftrace would call; here it is the gate's.
if [ -e /sys/kernel/btf/vmlinux ]; then
	for at in entry exit; do
		{
			echo ". /lab/functions.sh; . /lab/gate.sh; pair='$pair'"
			sed -n '/^trace=/,/^# saw/p' /lab/scenario
			echo "again 'a BPF program at the $at'"
		} >/tmp/again
		p2pbpf $at $functions -- sh /tmp/again >/tmp/ran || fail "BPF at the $at: $(cat /tmp/ran)"
		cat /tmp/ran
		for f in pci_p2pdma_distance_many __pci_p2pdma_update_state; do
			grep -q "^[1-9][0-9]* $f" /tmp/ran || fail "the BPF program at the $at of $f never ran"
		done
	done
fi
holds "no tracer any more"
gatectl set off >/dev/null
rmmod p2pgate || fail "not unloaded"
no_oops
