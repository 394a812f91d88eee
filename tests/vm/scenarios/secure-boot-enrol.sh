# SPDX-License-Identifier: GPL-2.0-or-later
# modules: efivarfs
# The firmware is in setup mode: give it the keys of this run. Secure Boot is on from the next boot.
. /lab/functions.sh

vars=/sys/firmware/efi/efivars
[ -d $vars ] || fail "not booted by UEFI firmware"
mount -t efivarfs efivarfs $vars || fail "no efivarfs"
global=8be4df61-93ca-11d2-aa0d-00e098032b8c
security=d719b2cb-3d3a-4596-a3bc-dad00e67656f
is_on() { [ "$(tail -c 1 $vars/SecureBoot-$global | hexdump -e '1/1 "%d"')" = 1 ]; }
is_on && fail "Secure Boot is on already"

# Attributes: kept, in boot services and at runtime, authenticated by time; all in one write. The platform key last: it ends setup mode.
enrol() {
	{ printf '\047\000\000\000'; cat /lab/$1.auth; } >/tmp/$1
	dd if=/tmp/$1 of=$vars/$1-$2 bs=64k 2>/dev/null || fail "the firmware does not take $1"
}
enrol db $security
enrol KEK $global
enrol PK $global
[ "$(tail -c 1 $vars/SetupMode-$global | hexdump -e '1/1 "%d"')" = 0 ] || fail "still in setup mode"
