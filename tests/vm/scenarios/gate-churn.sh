# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask
# source: guest/gatectl.c guest/p2pio.c
# Functions go away and come back, as provider and as client, while others ask about them and lists are pushed: nothing that has gone
# is looked into, nothing comes back trusted, and whoever is new is told of in the log.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

lines() { dmesg | grep -c "p2pgate: refused when asked: $b (nvme) to memory of $a (nvme)"; }
asker() { while [ -e /tmp/go ]; do cat /sys/kernel/debug/p2pask/distance >/dev/null; sleep 0.0$1; echo >>/tmp/asked; done; }
# Real I/O, as far as the two are there; removal has to wait for it.
mover() {
	while [ -e /tmp/go ]; do
		[ -e /sys/bus/pci/devices/$a/p2pmem/allocate ] && p2pio $a "$(disk_of beta 2>/dev/null)" >>/tmp/moved 2>/dev/null
		sleep 0.05
	done
}

start_drivers
a=$(function_of alpha) b=$(function_of beta)
kmod p2pask
kmod p2pgate
ranges=$(info ranges)

# A pair that was refused and logged is new again once one of the two is another, though neither is on the list.
gatectl set enforce >/dev/null || fail set
i=0
while [ $i -lt 4 ]; do
	gatectl distance $a $b >/dev/null
	gatectl distance $a $b >/dev/null
	sleep 1
	i=$((i + 1))
	expect $i lines
	echo 1 >/sys/bus/pci/devices/$b/remove
	echo 1 >/sys/bus/pci/rescan
	start_drivers
done

: >/tmp/go
asker 1 &
asker 2 &
mover &
i=0
# At most 20 rounds, or what lab.rounds says, at least 3, and none begins after five minutes: a kernel with KASAN takes a minute and more for one.
enough=$(($(cut -d. -f1 /proc/uptime) + 300))
while [ $i -lt 3 ] || { [ $i -lt "$(rounds 20)" ] && [ "$(cut -d. -f1 /proc/uptime)" -lt $enough ]; }; do
	gatectl set enforce "$a>$b" "$b>$a" >/dev/null || fail "set $i"
	for gone in $a $b; do
		echo 1 >/sys/bus/pci/devices/$gone/remove
		expect "" gatectl get
		echo 1 >/sys/bus/pci/rescan
		start_drivers
	done
	expect_like "* -1 not_listed" gatectl distance $a $b
	expect_like "* -1 not_listed" gatectl distance $b $a
	i=$((i + 1))
done
rm /tmp/go
wait
expect "$ranges" info ranges
gatectl set off >/dev/null || fail set
rmmod p2pgate || fail "not unloaded"
no_oops
[ ! -e /tmp/moved ] || grep -q moved /tmp/moved || fail "nothing was moved meanwhile: $(sort /tmp/moved | uniq -c)"
echo "churn: $i rounds, $(wc -l </tmp/asked) tables asked and $(cat /tmp/moved 2>/dev/null | wc -l) moves tried meanwhile"
