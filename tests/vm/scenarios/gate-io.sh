# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask
# source: guest/gatectl.c guest/p2pio.c
# Push, refuse, allow, clear, with real data from one drive into another's CMB before and after; off and observe change nothing.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta) disk=$(disk_of beta)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$disk" ] || fail "no drives alpha and beta"
[ -e "/sys/bus/pci/devices/$a/p2pmem/allocate" ] || skip "this kernel does not let user space allocate peer memory"
fill "$disk"
expect moved p2pio $a $disk

kmod p2pgate
expect off info mode
expect moved p2pio $a $disk
expect "4 4 not_listed" gatectl distance $a $b
expect "0" info observed_map.not_listed

# The kernel cached "bus address" for this pair above; an empty list in enforce must refuse it all the same.
gatectl set observe || fail "set observe"
expect moved p2pio $a $disk
[ "$(info observed_map.not_listed)" -gt 0 ] || fail "observe counts nothing"
expect 0 info enforced_map.not_listed
gatectl set enforce || fail "set enforce"
trace=/sys/kernel/tracing
echo 1 >$trace/events/p2pgate/p2pgate_decision/enable || fail "no tracepoint"
# perf and trace-cmd decode by this file alone
grep P2PGATE_ $trace/events/p2pgate/p2pgate_decision/format && fail "the format has names that only the module knows"
expect_like "E* clean" p2pio $a $disk
expect "4 -1 not_listed" gatectl distance $a $b
expect "0 0 self" gatectl distance $a $a
echo 0 >$trace/events/p2pgate/p2pgate_decision/enable
for said in "address=0x0 hook=distance reason=not_listed" "address=0x[0-9a-f]* hook=[mu][a-z_]* reason=not_listed"; do
	grep -q "p2pgate_decision: provider=$a client=$b $said mode=enforce" $trace/trace || fail "not traced: $said: $(cat $trace/trace)"
done
[ "$(info enforced_map.not_listed)" -gt 0 ] || fail "enforce counts nothing"
sleep 1
dmesg | grep -q "p2pgate: refused at DMA mapping: $b (nvme) to memory of $a (nvme)" || fail "no log line"

# The wrong direction only: refused. The right one: through.
gatectl set enforce "$b>$a" || fail "set"
expect_like "E* clean" p2pio $a $disk
expect "4 -1 not_listed" gatectl distance $a $b
expect "4 4 listed" gatectl distance $b $a
gatectl set enforce "$a>$b" || fail "set"
expect moved p2pio $a $disk
expect "4 4 listed" gatectl distance $a $b
expect "$a>$b" gatectl get

# Held while in enforce; let go by the parameter; held again.
rmmod p2pgate 2>/dev/null && fail "unloaded in enforce"
echo 0 >/sys/module/p2pgate/parameters/hold
echo 1 >/sys/module/p2pgate/parameters/hold
rmmod p2pgate 2>/dev/null && fail "unloaded in enforce"
gatectl set off || fail "set off"
expect moved p2pio $a $disk
rmmod p2pgate || fail "not unloaded"
expect moved p2pio $a $disk
no_oops
