# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask
# source: guest/gatectl.c guest/p2pio.c
# Many callers ask at distance, at DMA mapping and with real I/O, while lists are swapped and the module is loaded and unloaded.
# QEMU with thread=single shows what is the kernel's doing; thread=multi shows more, but an oops seen only there proves nothing.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

dmesg -n 1	# a refused read is told of by the block layer each time
start_drivers
a=$(function_of alpha) b=$(function_of beta) disk=$(disk_of beta)
fill "$disk"
kmod p2pask
cat /sys/kernel/debug/p2pask/distance >/tmp/bare

# Askers run until told to stop. Each writes how often it asked.
asker() {
	local n=0
	while [ -e /tmp/go ]; do cat /sys/kernel/debug/p2pask/$1 >/dev/null; sleep 0.01; n=$((n + 1)); done
	echo "$1 $n" >>/tmp/asked
}
mover() {
	local n=0 out
	while [ -e /tmp/go ]; do
		out=$(p2pio $a $disk)
		case $out in
		moved | *clean) n=$((n + 1)) ;;
		*) echo "$out" >>/tmp/wrong ;;
		esac
	done
	echo "io $n" >>/tmp/asked
}
: >/tmp/go
for i in 1 2 3; do asker distance & done
asker map &
[ ! -e /sys/bus/pci/devices/$a/p2pmem/allocate ] || mover &

# At most 200 loads, or what lab.rounds says, at least 10, and none begins after eight minutes.
enough=$(($(cut -d. -f1 /proc/uptime) + 480))
i=0
while [ $i -lt 10 ] || { [ $i -lt "$(rounds 200)" ] && [ "$(cut -d. -f1 /proc/uptime)" -lt $enough ]; }; do
	insmod /lab/kmod/p2pgate.ko || fail "load $i"
	gatectl set enforce >/dev/null || fail "set $i"
	gatectl set observe "$a>$b" >/dev/null || fail "set $i"
	gatectl set enforce "$b>$a" >/dev/null || fail "set $i"
	[ $((i % 3)) = 0 ] || gatectl set off >/dev/null || fail "set $i"
	[ $((i % 3)) != 0 ] || echo 0 >/sys/module/p2pgate/parameters/hold
	rmmod p2pgate || fail "unload $i"
	i=$((i + 1))
	[ $((i % 20)) != 0 ] || echo "$i loads, $(cut -d' ' -f1 /proc/uptime) s"
done
rm /tmp/go
wait
cat /tmp/asked
[ ! -e /tmp/wrong ] || fail "I/O: $(sort /tmp/wrong | uniq -c)"
cmp /tmp/bare /sys/kernel/debug/p2pask/distance || fail "the kernel's answers have changed"
no_oops
echo "hammer: $i loads, $(awk '{ n += $2 } END { print n }' /tmp/asked) times asked"
