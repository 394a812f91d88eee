# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme efivarfs
# source: guest/gatectl.c guest/p2pio.c
# Secure Boot is on. p2pgate without a signature, or with that of a key nobody enrolled, is refused with the kernel's own words;
# signed with the key in the firmware's db it loads, hooks and refuses, locked down as the kernel is.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

mount -t efivarfs efivarfs /sys/firmware/efi/efivars
[ "$(tail -c 1 /sys/firmware/efi/efivars/SecureBoot-* | hexdump -e '1/1 "%d"')" = 1 ] || fail "Secure Boot is off"
mount -t securityfs securityfs /sys/kernel/security
cat /sys/kernel/security/lockdown
grep -q '\[integrity\]' /sys/kernel/security/lockdown || fail "the kernel is not locked down"

# refuses FILE WORDS: insmod fails, the kernel says why, nothing is left behind
refuses() {
	insmod /lab/$1 2>/tmp/said && fail "$1 was loaded"
	cat /tmp/said
	dmesg | grep -q "$2" || fail "$1: the kernel does not say '$2': $(dmesg | tail -3)"
	[ ! -e /dev/p2pgate ] && [ ! -d /sys/module/p2pgate ] || fail "$1 left something behind"
}
start_drivers
a=$(function_of alpha) b=$(function_of beta) disk=$(disk_of beta)
fill $disk
refuses unsigned.ko 'Loading of unsigned module is rejected'
refuses stranger.ko 'Loading of module with unavailable key is rejected'
insmod /lab/signed.ko || fail "not loaded, though it is signed: $(dmesg | tail -3)"

gatectl set enforce >/dev/null || fail set
expect "4 -1 not_listed" gatectl distance $a $b
[ ! -e /sys/bus/pci/devices/$a/p2pmem/allocate ] || expect_like "E* clean" p2pio $a $disk
gatectl set enforce "$a>$b" >/dev/null || fail set
expect "4 4 listed" gatectl distance $a $b
[ ! -e /sys/bus/pci/devices/$a/p2pmem/allocate ] || expect moved p2pio $a $disk
gatectl set off >/dev/null || fail set
rmmod p2pgate || fail "not unloaded"
no_oops
