# SPDX-License-Identifier: GPL-2.0-or-later
# Between two scenarios of one boot: the modules that they load are gone, drives and their pools are new, no tracer is left, and the
# kernel's log and /out are empty. It fails where that cannot be had.
kill -9 -1 2>/dev/null
cd /
trace=/sys/kernel/tracing
if [ -e $trace/current_tracer ]; then
	echo nop >$trace/current_tracer
	echo 0 >$trace/events/enable
	for file in set_ftrace_filter kprobe_events dynamic_events; do
		[ ! -e $trace/$file ] || : >$trace/$file
	done
fi
[ ! -e /sys/module/p2pgate/parameters/hold ] || echo 0 >/sys/module/p2pgate/parameters/hold
# One may use another.
for _ in 1 2 3; do
	for module in /lab/kmod/*.ko; do
		module=$(basename "$module" .ko)
		[ ! -e "/sys/module/$module" ] || rmmod "$module" 2>/dev/null
	done
done
for module in /lab/kmod/*.ko; do
	[ ! -e "/sys/module/$(basename "$module" .ko)" ] || { echo "lab: $module is still loaded"; exit 1; }
done
for file in /sys/bus/pci/devices/*/sriov_numvfs; do
	[ ! -e "$file" ] || [ "$(cat "$file")" = 0 ] || echo 0 >"$file"
done
# With the driver goes the pool, and with the pool what the kernel remembers of pairs.
echo 1 >/sys/bus/pci/rescan
driver=/sys/bus/pci/drivers/nvme
for dev in /sys/bus/pci/devices/*; do
	[ "$(cat "$dev/class")" = 0x010802 ] || continue
	dev=$(basename "$dev")
	[ ! -e "$driver/$dev" ] || echo "$dev" >$driver/unbind
	echo "$dev" >$driver/bind || exit 1
done
umount /out
mount -t tmpfs out /out
umount /tmp
mount -t tmpfs tmp /tmp
dmesg -n 4
! dmesg -c | grep -E 'BUG:|KASAN:|Oops'
