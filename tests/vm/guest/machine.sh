# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by scenarios: bring the guest's devices up, and copy what sysfs says of them.

# Drivers probe on their own time: wait until every drive has a name; then turn on all virtual functions, without drivers.
start_drivers() {
	local dev tries=0
	for dev in /sys/bus/pci/drivers/nvme/0*; do
		while [ -e "$dev" ] && [ -z "$(ls "$dev"/nvme/*/ 2>/dev/null)" ] && [ $tries -lt 50 ]; do
			sleep 0.2; tries=$((tries + 1))
		done
	done
	sleep 0.5
	for dev in /sys/bus/pci/devices/*; do
		[ -e "$dev/sriov_totalvfs" ] && [ -e "$dev/driver" ] || continue
		echo 0 >"$dev/sriov_drivers_autoprobe"
		cat "$dev/sriov_totalvfs" >"$dev/sriov_numvfs" || echo "lab: no virtual functions at $dev"
	done
}

# copy_tree FOLDER: what a tool of ours may read of a machine, whole, as root
copy_tree() {
	local to=$1 file
	mkdir -p "$to/proc/sys/kernel" "$to/sys"
	for file in cpuinfo cmdline version meminfo iomem sys/kernel/osrelease; do
		cat "/proc/$file" >"$to/proc/$file"
	done
	grep p2pdma /proc/kallsyms | sed 's/^[0-9a-f]*/0000000000000000/' >"$to/proc/kallsyms"
	# Some files act when they are read: leave those. cp reads to the end, whatever length sysfs tells.
	(
		cd /sys || exit
		find bus/pci/devices bus/pci/slots bus/pci_express/devices devices/pci* devices/system/node devices/system/cpu/online \
			devices/virtual/iommu devices/virtual/nvme-subsystem devices/virtual/dmi kernel/iommu_groups \
			class/iommu class/nvme class/nvme-subsystem class/net class/block class/drm class/infiniband class/dmi \
			\( -name remove -o -name rescan -o -name 'reset*' -o -name rom -o -name 'resource[0-9]*' -o -name allocate \
			-o -name vpd -o -name 'doe*' -o -name trace -o -name power -o -name queue -o -name trace \) -prune \
			-o \( -type f -o -type l \) -print 2>/dev/null | xargs -n 200 sh -c 'cp -P --parents "$@" "$0"' "$to/sys" 2>/dev/null
	)
}
