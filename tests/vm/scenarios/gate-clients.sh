# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pmany
# source: guest/gatectl.c
# Clients that are not plain functions: a child of one, a child's child, none at all; lists with one refused client; VF and PF;
# a call from where the hook may not run.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

distance() {
	echo "$*" >/sys/kernel/debug/p2pmany || fail "p2pmany does not take '$*'"
	cat /sys/kernel/debug/p2pmany
}

start_drivers
kmod p2pmany
a=$(function_of alpha)
vf=$(basename "$(readlink -f /sys/bus/pci/devices/$a/virtfn0)" 2>/dev/null)
others=$(ls -d /sys/bus/pci/devices/*/virtfn1 | while read -r f; do basename "$(readlink -f "$f")"; done)
[ -n "$vf" ] || fail "no virtual function below $a"

# The kernel's own answers first: without them the refusals below would show nothing.
set -- $(distance $a $vf) $(distance $a $vf+) $(distance $a $vf++) $(distance $a $vf $a) $(distance $a none)
echo "bare: $*"
[ "$1" -ge 0 ] && [ "$2" = "$1" ] && [ "$3" = "$1" ] && [ "$4" = "$1" ] && [ "$5" = -1 ] || fail "the kernel answers $*"
yes=$1

kmod p2pgate
gatectl set enforce >/dev/null || fail set
expect -1 distance $a $vf
expect -1 distance $a $vf+
expect -1 distance $a $vf++
expect -1 distance $a $a $vf
expect -1 distance $a none
expect 0 distance $a $a
expect 0 distance $a $a+
expect 0 distance $a $a $a++

# The physical function is allowed; its virtual one is not, nor one for the other.
pf=$(ls -d /sys/bus/pci/devices/*/virtfn0 | sed 's|.*/\(.*\)/virtfn0|\1|' | grep -v "$a" | head -1)
if [ -n "$pf" ]; then
	pfvf=$(basename "$(readlink -f /sys/bus/pci/devices/$pf/virtfn0)")
	gatectl set enforce "$pf>$a" >/dev/null || fail set
	expect -1 distance $pfvf $a
fi
gatectl set enforce "$vf>$a" >/dev/null || fail set
expect $yes distance $vf $a
expect -1 distance $a $vf

# Where the hook cannot protect itself against recursion it cannot look at the list: refused, and counted.
expect 0 info enforced_distance.recursion
echo 1 >/sys/module/p2pmany/parameters/nested
expect -1 distance $vf $a
echo 0 >/sys/module/p2pmany/parameters/nested
expect 1 info enforced_distance.recursion
expect $yes distance $vf $a
for v in $others; do
	[ "$v" = "$a" ] || expect -1 distance $v $a
done

# One of several clients refused refuses the list; all allowed passes it, whatever the order.
v1=$(basename "$(readlink -f /sys/bus/pci/devices/$a/virtfn1)")
v2=$(basename "$(readlink -f /sys/bus/pci/devices/$a/virtfn2)")
gatectl set enforce "$a>$vf" "$a>$v1" >/dev/null || fail set
expect $((2 * yes)) distance $a $vf $v1
expect $((2 * yes)) distance $a $v1+ $vf++ $a
expect -1 distance $a $vf $v1 $v2
expect -1 distance $a $v2 $v1 $vf
expect -1 distance $a $vf $v1 none
gatectl set off >/dev/null
expect $((3 * yes)) distance $a $vf $v1 $v2
no_oops
