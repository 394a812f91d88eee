# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme vfio_iommu_type1 vfio-pci
# kmod: ../../kmod
# source: guest/gatectl.c guest/p2puser.c
# What the gate cannot stop, and p2pgate(4) says so: VFIO and iommufd map another function's BAR into the domain of the IOMMU that a
# program's device works in, and ask nobody. In enforce, with an empty list, the device reaches that memory: by a mapping of the BAR
# of the program's own, and, where the kernel has that, by a dma-buf that vfio-pci makes of the BAR.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

# hand_over FUNCTION: from its driver to vfio-pci
hand_over() {
	echo vfio-pci >"/sys/bus/pci/devices/$1/driver_override"
	[ ! -e "/sys/bus/pci/devices/$1/driver" ] || echo "$1" >"/sys/bus/pci/devices/$1/driver/unbind"
	echo "$1" >/sys/bus/pci/drivers_probe
	[ "$(basename "$(readlink "/sys/bus/pci/devices/$1/driver")")" = vfio-pci ] || fail "vfio-pci does not take $1"
}
# not_asked COMMAND...: it succeeds, and the gate hears nothing of it
not_asked() {
	local before
	before=$(gatectl info)
	expect_like "*moved" "$@"
	[ "$(gatectl info)" = "$before" ] || fail "the gate was asked"
}

start_drivers
a=$(function_of alpha) b=$(function_of beta) c=$(function_of gamma)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$c" ] || fail "a drive is missing"
[ -e /sys/bus/pci/drivers/vfio-pci ] && [ -c /dev/vfio/vfio ] || skip "this kernel has no VFIO"
[ -e "/sys/bus/pci/devices/$c/iommu_group" ] || skip "no IOMMU here"
kmod p2pgate
gatectl set enforce >/dev/null || fail "set"
hand_over "$c"
echo "$a" >/sys/bus/pci/drivers/nvme/unbind
echo 1 >"/sys/bus/pci/devices/$a/enable"
not_asked p2puser container "$c" "$a" gamma
echo "passes, as documented: VFIO's container"

hand_over "$a"
hand_over "$b"	# of one group with the other
said=$(p2puser dmabuf "$c" "$a" gamma)
case $said in
*moved) echo "passes, as documented: a dma-buf of vfio-pci, given to iommufd" ;;
/dev/iommu:* | "no device of vfio-pci"* | VFIO_DEVICE_FEATURE_DMA_BUF:*) echo "no dma-buf of vfio-pci here: $said" ;;
*) fail "dma-buf: $said" ;;
esac
gatectl set off >/dev/null
rmmod p2pgate || fail "not unloaded"
no_oops
