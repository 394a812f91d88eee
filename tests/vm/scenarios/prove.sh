# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme ext4
# kmod: ../../kmod
# source: guest/gatectl.c
# p2ptopo: yes
# config: yes
# prove moves real bytes where the pair is permitted, says refused where the gate or the kernel refuses, and touches nothing that is in use.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta) g=$(function_of gamma)
disk=$(disk_of beta) other=$(disk_of gamma)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$disk" ] && [ -n "$other" ] || fail "no drives"

status() {
	"$@" >/out/last 2>&1
	echo $?
}
says() { grep -q "$1" /out/last || { cat /out/last; fail "expected '$1'"; }; }

expect 0 status p2ptopo prove $a $b --scratch $disk --evidence /out/proof-saved.json
cat /out/last
says "proven"
grep -q '"proven": *true' /out/proof-saved.json || fail "no evidence"
p2ptopo prove $a $b --scratch $disk --json >/out/proof.json || fail "prove --json"

# Different root ports of a host bridge that is not listed: the kernel refuses, and not a byte moves.
expect 1 status p2ptopo prove $a $g --scratch $other
says "refused"

# The gate refuses what the kernel alone would permit.
kmod p2pgate
gatectl set enforce || fail "set enforce"
expect 1 status p2ptopo prove $a $b --scratch $disk
says "refused"
gatectl set enforce "$a>$b" || fail "set"
expect 0 status p2ptopo prove $a $b --scratch $disk

# What must not be overwritten.
expect 2 status p2ptopo prove $a $b
says "needs --scratch"
expect 4 status p2ptopo prove $a $b --scratch /out/last2
expect 3 status p2ptopo prove $a $b --scratch $other
says "is not a disk of $b"
expect 3 status p2ptopo prove $g $b --scratch $disk
says "no p2pmem pool"
mke2fs $disk >/dev/null 2>&1 || mkfs.ext2 $disk >/dev/null || fail "no file system to be made"
before=$(sha256sum $disk)
expect 3 status p2ptopo prove $a $b --scratch $disk
says "carries ext"
mkdir -p /tmp/disk
if mount -t ext2 $disk /tmp/disk; then
	expect 3 status p2ptopo prove $a $b --scratch $disk --overwrite-signatures
	says "in use"
	umount /tmp/disk
fi
mkswap $disk >/dev/null || fail "mkswap"
swapon $disk || fail "swapon"
expect 3 status p2ptopo prove $a $b --scratch $disk --overwrite-signatures
says "in use"
swapoff $disk
expect 3 status p2ptopo prove $a $b --scratch $disk
says "carries swap"
expect 0 status p2ptopo prove $a $b --scratch $disk --overwrite-signatures
no_oops
