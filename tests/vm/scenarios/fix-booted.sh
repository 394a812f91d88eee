# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: modules/p2pask
# What the kernel answers, and the groups it made, in a boot with the parameters that fix printed; see fix-boot.
. /lab/functions.sh
. /lab/machine.sh

start_drivers
kmod p2pask
cat /proc/cmdline
cat /sys/kernel/debug/p2pask/distance >/out/after.txt
for d in /sys/kernel/iommu_groups/*/devices/*; do
	[ -e "$d" ] && echo "$(basename "$(dirname "$(dirname "$d")")") $(basename "$d")"
done >/out/groups.txt
no_complaint
