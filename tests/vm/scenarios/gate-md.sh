# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme md-mod raid0
# kmod: ../../kmod
# source: guest/gatectl.c guest/p2pmix.c
# An array of the md driver hands requests with peer memory on to its disks, and it is the disk's function that counts: refused and
# allowed as if the disk had been asked, and a refusal does not break the array.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta) c=$(function_of gamma)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$c" ] || fail "a drive is missing"
[ -e "/sys/bus/pci/devices/$a/p2pmem/allocate" ] || skip "this kernel does not let user space allocate peer memory"
[ -e /sys/module/md_mod/parameters/new_array ] || skip "this kernel has no md driver"

# A striped array of two disks: what p2pmix asks for lies on the first.
md=/sys/block/md_lab/md
{ echo md_lab >/sys/module/md_mod/parameters/new_array && echo none >$md/metadata_version && echo raid0 >$md/level &&
	echo 65536 >$md/chunk_size && echo 2 >$md/raid_disks; } || fail "no array"
slot=0
for disk in $(disk_of gamma) $(disk_of beta); do
	disk=$(basename "$disk")
	cat "/sys/block/$disk/dev" >$md/new_dev
	{ echo 0 >"$md/dev-$disk/offset" && echo 65536 >"$md/dev-$disk/size" && echo $slot >"$md/dev-$disk/slot"; } || fail "$disk"
	slot=$((slot + 1))
done
echo active >$md/array_state || fail "the array does not start"
fill /dev/md_lab

# each WANTED PIECE...: both directions
each() {
	local want=$1 to; shift
	for to in read write; do
		expect_like "$want" p2pmix uring $to /dev/md_lab "$@"
	done
}

# Arrays take it from Linux 7 on.
case $(p2pmix uring read /dev/md_lab $a) in
"EREMOTEIO clean") skip "the md driver of this kernel takes no peer memory" ;;
esac
each moved $a
kmod p2pgate
each moved ram $a
gatectl set enforce || fail "set"
each moved ram ram
each "E* clean" $a
each "E* clean" ram $a
each moved ram ram
gatectl set enforce "$a>$c" || fail "set"
each moved $a ram $a
each "E* clean" $b
gatectl set off >/dev/null
each moved $b
rmmod p2pgate || fail "not unloaded"
no_oops
