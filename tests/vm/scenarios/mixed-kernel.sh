# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# source: guest/p2pmix.c
# Without the gate: what the kernel itself makes of a passthrough command with several kinds of memory. As released, it asks about the
# first only, so that the memory of a peer that it refuses moves all the same; with kmod/upstream/*.patch ("-patched"), nothing does.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta) far=$(function_of delta)
disk=$(disk_of gamma) metadisk=$(disk_of epsilon)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$far" ] && [ -n "$disk" ] && [ -n "$metadisk" ] || fail "a drive is missing"
fill "$disk"
case $(uname -r) in
*-patched) mixed="EINVAL clean" ;;
*) mixed=moved ;;
esac

for to in read write; do
	for way in uring vector single; do
		expect moved p2pmix $way $to "$disk" ram ram
		expect moved p2pmix $way $to "$disk" $a
		expect moved p2pmix $way $to "$disk" $a $a
		expect_like "E* clean" p2pmix $way $to "$disk" $far
	done
	# A read or write of a file is cut into requests of one kind each.
	expect moved p2pmix uring $to "$disk" ram $a ram $b
	for way in vector single; do
		expect "$mixed" p2pmix $way $to "$disk" ram $a
		expect "$mixed" p2pmix $way $to "$disk" $a ram
		expect "$mixed" p2pmix $way $to "$disk" $a $b
		# The pair that the kernel refuses by itself, hidden behind ordinary memory, and behind a peer that is allowed.
		expect "$mixed" p2pmix $way $to "$disk" ram $far
		expect "$mixed" p2pmix $way $to "$disk" $a $far
		expect_like "E* clean" p2pmix $way $to "$disk" $far ram
	done
	# Metadata of several kinds is copied by the CPU, if it is not mapped unasked.
	expect moved p2pmix meta $to "$metadisk" ram
	expect moved p2pmix meta $to "$metadisk" $a
	expect moved p2pmix meta $to "$metadisk" ram $far
	expect_like "E* clean" p2pmix meta $to "$metadisk" $far
done
no_oops
