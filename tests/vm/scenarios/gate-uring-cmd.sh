# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod
# source: guest/gatectl.c guest/p2pmix.c
# NVMe commands that a program hands to a drive by io_uring, past the block layer's files: with one address or a vector, from the
# program's memory or from registered buffers. Refused pairs move no byte in either direction, wherever they stand; allowed ones work.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta) c=$(function_of gamma) disk=$(disk_of gamma)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$c" ] && [ -n "$disk" ] || fail "a drive is missing"
[ -e "/sys/bus/pci/devices/$a/p2pmem/allocate" ] || skip "this kernel does not let user space allocate peer memory"
fill "$disk"

# each WANTED PIECE...: with one address and with a vector, in both directions
each() {
	local want=$1 way to; shift
	for to in read write; do
		for way in cmd cmdvec; do
			expect_like "$want" p2pmix $way $to "$disk" "$@"
		done
	done
}
# registered METHOD: memory of peers is not pinned for long, so nothing of it gets into a registered buffer
registered() {
	local to
	for to in read write; do
		expect moved p2pmix "$1" $to "$disk" ram ram
		for pieces in $a "ram $a" "$a ram"; do
			expect_like "E* clean" p2pmix "$1" $to "$disk" $pieces
		done
	done
}

each moved ram ram
each moved $a
# On 6.18.15 the driver comes to no end with a command of several kinds, and warns: not of our doing.
mixed=yes
[ "$(p2pmix cmdvec read "$disk" ram $a)" = moved ] || { mixed=; dmesg -c >/dev/null; echo "no commands of several kinds on this kernel"; }
# several WANTED PIECE...: where the kernel carries such commands
several() { [ -z "$mixed" ] || each "$@"; }

kmod p2pgate
each moved $b
several moved $a ram $b
registered cmdfixed
gatectl set enforce || fail "set"
each moved ram ram
each "E* clean" $a
each "E* clean" $b
each "E* clean" $a $a
each "E* clean" ram $a
each "E* clean" $a ram
each "E* clean" $a $b
each "E* clean" ram $a ram $b
registered cmdfixed
if [ "$(p2pmix cmdfixedvec read "$disk" ram ram)" = moved ]; then
	registered cmdfixedvec
else
	echo "no vectors in registered buffers on this kernel"
fi
[ "$(info enforced_map.not_listed)" -gt 0 ] || fail "not counted"
sleep 1
for peer in $a $b; do
	dmesg | grep -q "p2pgate: refused at DMA mapping: $c (nvme) to memory of $peer (nvme)" || fail "not logged: $peer"
done

# One peer allowed, the other not; only the wrong direction.
gatectl set enforce "$a>$c" "$c>$b" || fail "set"
each moved $a
several moved ram $a
several moved $a ram $a
each "E* clean" $b
each "E* clean" ram $b
each "E* clean" $a $b
each "E* clean" $b $a
gatectl set observe || fail "set"
each moved $b
several moved ram $a ram $b
gatectl set off >/dev/null
rmmod p2pgate || fail "not unloaded"
no_oops
