# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask modules/p2pmany
# source: guest/gatectl.c guest/p2pio.c
# Promotion, on a fabric where the kernel refuses alpha and beta for want of a listed host bridge, and permits others: only with
# the parameter, only the flagged pair, only in enforce, at both points, and never what is a bus address.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

distance() { echo "$*" >/sys/kernel/debug/p2pmany; cat /sys/kernel/debug/p2pmany; }
map() { awk -v p=$1 -v c=$2 '$1 == p && $2 == c { print $3 }' /sys/kernel/debug/p2pask/map; }

start_drivers
a=$(function_of alpha) b=$(function_of beta) g=$(function_of gamma)
disk=$(disk_of gamma)
fill $disk
kmod p2pask
kmod p2pmany
expect -1 distance $a $g
expect not_supported map $a $g
expect bus_addr map $a $b
taint() { echo $(($(cat /proc/sys/kernel/tainted) & 64)); }
expect 0 taint

kmod p2pgate
refused EPERM gatectl set enforce "$a>$g!"
rmmod p2pgate
expect 0 taint
kmod p2pgate promote=1
expect 64 taint
expect 0x1 info flags

# Listed without the flag: the kernel's own answer. With it: through the host bridge, the other direction not.
gatectl set enforce "$a>$g" "$a>$b" >/dev/null || fail set
expect -1 distance $a $g
gatectl set observe "$a>$g!" >/dev/null || fail set
expect -1 distance $a $g
expect not_supported map $a $g
gatectl set enforce "$a>$g!" "$a>$b!" "$b>$a" >/dev/null || fail set
expect "$a>$b!
$a>$g!!
$b>$a" gatectl get
steps=$(distance $a $g)
[ "$steps" -gt 0 ] || fail "not promoted at distance: $steps"
expect thru_host_bridge map $a $g
expect "-1 $steps promoted" gatectl distance $a $g
# a device below the client is no PCI function, which the kernel refuses whatever the host bridge
echo 1 >/sys/module/p2pask/parameters/child
expect not_supported map $a $g
expect not_supported map $a $b
echo 0 >/sys/module/p2pask/parameters/child
expect thru_host_bridge map $a $g
expect -1 distance $g $a
expect bus_addr map $a $b
expect 4 distance $a $b
expect "4 4 listed" gatectl distance $a $b
# a list is promoted only if all its clients are
expect -1 distance $a $g $b
expect $((2 * steps)) distance $a $g $g
[ "$(info enforced_map.promoted)" -gt 0 ] && [ "$(info enforced_distance.promoted)" -gt 0 ] || fail "not counted"
if [ -e /sys/bus/pci/devices/$a/p2pmem/allocate ]; then
	expect moved p2pio $a $disk
fi
gatectl set enforce "$a>$b" >/dev/null || fail set
expect not_supported map $a $g
[ ! -e /sys/bus/pci/devices/$a/p2pmem/allocate ] || expect_like "E* clean" p2pio $a $disk
gatectl set off >/dev/null || fail set
expect not_supported map $a $g
expect -1 distance $a $g
expect bus_addr map $a $b
no_oops
