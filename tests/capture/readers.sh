#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# readers.sh P2PTOPO fixture|live FIXTURES: what lspci and lstopo read from a capture is what they
# read from where it was taken.
set -eu
p2ptopo=$1 source=$2 fixtures=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

fail()
{
	echo "$*"
	exit 1
}

# lspci_of DIRECTORY OPTION...: what lspci says of a root; nothing on stderr but of modules.
lspci_of()
{
	local root=$1
	shift
	LC_ALL=C lspci -O sysfs.path="$root/sys/bus/pci" -D "$@" 2>errors || true
	if grep -v -e libkmod -e modprobe errors; then
		fail "lspci complains about $root"
	fi
}

# same_lspci ROOT: of ROOT and of the capture, whole config space and drivers.
same_lspci()
{
	lspci_of "$1" -n -xxxx >there
	lspci_of capture -n -xxxx >here
	[ -s there ] || fail "lspci lists nothing"
	cmp -s there here
}

# objects TYPE FILE: how many objects of a type lstopo finds, and their names.
objects()
{
	lstopo-no-graphics --whole-io --of xml -i "$2" 2>errors | grep "type=\"$1\"" |
		grep -o ' name="[^"]*"' | sort
}

command -v lspci >/dev/null || { echo 'lspci is not installed'; exit 77; }
mkdir capture

case $source in
fixture)
	for fixture in generated-sriov generated-workstation; do
		rm -rf tree capture
		mkdir tree capture
		tar -xf "$fixtures/$fixture/tree.tar.xz" -C tree
		"$p2ptopo" --from tree capture --force --with-serials out.tar.zst
		tar -xf out.tar.zst -C capture
		same_lspci tree || fail "$fixture: lspci reads something else: $(diff there here | head)"
	done
	;;
live)
	[ -d /sys/bus/pci/devices ] && [ -n "$(ls /sys/bus/pci/devices)" ] || {
		echo 'this machine has no PCI'
		exit 77
	}
	command -v lstopo-no-graphics >/dev/null || { echo 'lstopo is not installed'; exit 77; }
	# Registers change while one looks; what differs three times is no accident.
	for try in 1 2 3; do
		rm -rf capture
		mkdir capture
		"$p2ptopo" capture --with-serials out.tar.gz
		tar -xf out.tar.gz -C capture
		same_lspci '' && break
		[ "$try" -lt 3 ] || fail "lspci reads something else: $(diff there here | head)"
	done
	for type in NUMANode Core PU; do
		lstopo-no-graphics --of xml | grep -c "type=\"$type\"" >there || true
		lstopo-no-graphics --of xml -i capture | grep -c "type=\"$type\"" >here || true
		cmp there here || fail "lstopo -i DIRECTORY finds other objects of type $type"
		lstopo-no-graphics --of xml -i capture/hwloc.xml | grep -c "type=\"$type\"" >here || true
		cmp there here || fail "lstopo -i hwloc.xml finds other objects of type $type"
	done
	for root in capture capture/hwloc.xml; do
		lstopo-no-graphics --whole-io --of xml | grep -c 'type="PCIDev"' >there || true
		lstopo-no-graphics --whole-io --of xml -i "$root" | grep -c 'type="PCIDev"' >here || true
		cmp there here || fail "lstopo -i $root finds other PCI devices"
	done
	objects OSDev capture >there
	objects OSDev capture/hwloc.xml >here
	cmp there here || fail "lstopo finds other devices in hwloc.xml: $(diff there here)"
	"$p2ptopo" capture plain.tar
	"$p2ptopo" --from plain.tar capture again.tar
	cmp plain.tar again.tar || fail 'a capture of a capture is not the same'
	;;
esac
