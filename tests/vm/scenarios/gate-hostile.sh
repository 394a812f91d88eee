# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod
# source: guest/gatectl.c guest/gateperm.c guest/gatefuzz.c
# Callers without the right, and callers with bad arguments: nothing they do changes anything.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta)
kmod p2pgate
gatectl set enforce "$a>$b" >/dev/null || fail set
before=$(info generation)
gateperm || fail "rights"
[ "$(info generation)" = "$before" ] || fail "the generation moved"
expect "$a>$b" gatectl get

refused ESTALE gatectl set off -g $((before - 1)) "$a>$b"
refused ESTALE gatectl set off -g $((before + 1)) "$a>$b"
refused ENODEV gatectl distance $a 00ff:00:00.0
refused ENODEV gatectl distance ffffffff:00:00.0 $a
refused EPERM gatectl set enforce "$a>$b!"
expect "$a>$b" gatectl get

describe() {
	local d=/sys/bus/pci/devices/$1
	echo "$1,$(cat $d/vendor),$(cat $d/device),$(cat $d/subsystem_vendor),$(cat $d/subsystem_device),$(cat $d/class)"
}
fns=$(for f in $(ls /sys/bus/pci/devices | head -3); do describe $f; done)
for seed in 1 2 3 $(($(date +%s) % 100000)); do
	gatefuzz ${rounds:-1500} $seed $fns || fail "fuzz with seed $seed"
done
no_oops
