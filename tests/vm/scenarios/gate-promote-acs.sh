# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pask modules/p2pmany
# source: guest/gatectl.c
# A pair is promoted because ACS redirects it; then ACS is cleared, and the pair is direct: what the kernel now calls a bus address
# stays one, and the promotion has ended, also when ACS comes back.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

distance() { echo "$*" >/sys/kernel/debug/p2pmany; cat /sys/kernel/debug/p2pmany; }
map() { awk -v p=$1 -v c=$2 '$1 == p && $2 == c { print $3 }' /sys/kernel/debug/p2pask/map; }
port_of() { basename "$(dirname "$(readlink -f /sys/bus/pci/devices/$1)")"; }

# word PORT OFFSET: of config space, as four hex digits
word() { dd if=/sys/bus/pci/devices/$1/config bs=1 skip=$2 count=2 2>/dev/null | hexdump -e '1/2 "%04x"'; }

# acs_of PORT: offset of its ACS capability
acs_of() {
	local at=256
	while [ $at -ne 0 ] && [ "$(word $1 $at)" != 000d ]; do at=$((0x$(word $1 $((at + 2))) >> 4)); done
	echo $at
}
redirect() { # VALUE, as printf has it
	local port
	for port in $(port_of $a) $(port_of $b); do
		printf "$1" | dd of=/sys/bus/pci/devices/$port/config bs=1 seek=$(($(acs_of $port) + 6)) count=2 conv=notrunc 2>/dev/null
	done
}

start_drivers
a=$(function_of alpha) b=$(function_of beta)
[ "$(acs_of $(port_of $a))" -gt 0 ] && [ "$(acs_of $(port_of $b))" -gt 0 ] || fail "no ACS on this fabric"
kmod p2pask
kmod p2pmany
redirect '\0\0'
expect 4 distance $a $b
expect bus_addr map $a $b
redirect '\014\0'
expect -1 distance $a $b
expect not_supported map $a $b

kmod p2pgate promote=1
gatectl set enforce "$a>$b!" >/dev/null || fail set
expect "$a>$b!!" gatectl get
expect 4 distance $a $b
expect thru_host_bridge map $a $b
redirect '\0\0'
expect 4 distance $a $b
expect bus_addr map $a $b
expect "$a>$b!" gatectl get
redirect '\014\0'
expect -1 distance $a $b
expect not_supported map $a $b
no_oops
