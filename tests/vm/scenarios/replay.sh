# SPDX-License-Identifier: GPL-2.0-or-later
# kmod: modules/p2pask modules/p2preplay
# append: pcie_ports=compat pcie_aspm=off
# Replay every capture in /lab/replay, one after the other, and record what the kernel answers for all pairs of it.
. /lab/functions.sh

kmod p2pask
for file in /lab/replay/*; do
	name=${file##*/}
	insmod /lab/kmod/p2preplay.ko "file=$file" || fail "$name cannot be replayed"
	cat /sys/kernel/debug/p2pask/distance >"/out/$name.distances"
	cat /sys/kernel/debug/p2pask/map >"/out/$name.map"
	for dev in /sys/bus/pci/devices/*; do
		echo "${dev##*/}"
	done >"/out/$name.functions"
	rmmod p2preplay || fail "p2preplay cannot be unloaded after $name"
	echo "replayed $name: $(wc -l <"/out/$name.distances") pairs"
done
# The guest's own functions must be all that is left.
[ "$(ls /sys/bus/pci/devices | grep -vc '^0000:')" = 0 ] || fail "functions of a replay are left"
no_complaint
