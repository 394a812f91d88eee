# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod
# source: guest/gatectl.c guest/renewals.c
# qmp: yes
# p2ptopo: yes
# installed: yes
# systemd: yes
# file: ../../rules/p2pgate-modules-load.conf /etc/modules-load.d/p2pgate.conf
# file: guest/policy.json /etc/p2ptopo/policy.json
# systemd boots with the gate in modules-load.d and a policy installed: it is in force before the system is up. Hot-plug renews
# snapshot and list through the path unit, once a burst. Without the gate the journal says so loudly, and the unit has failed.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh
. /lab/refresh.sh

has_pairs() { [ "$(info pairs)" = "$1" ]; }
when() { systemctl show --value -p "$2" "$1"; }
journal() { journalctl --no-pager -o cat "$@"; }

journalctl --no-pager -o short-monotonic >/out/journal-boot.txt
systemctl --no-pager list-units --all >/out/units.txt
expect active systemctl is-active p2ptopo-boot.service
expect active systemctl is-active p2ptopo-refresh.path
expect active systemctl is-active p2ptopo-refresh.timer
expect enforce info mode
until_true 20 has_pairs 2 || fail "$(info pairs) pairs after the boot"
journal -u p2ptopo-boot.service | grep -q "ordered pairs in force" || fail "the boot's push is not in the journal"
[ "$(when p2ptopo-boot.service ExecMainExitTimestampMonotonic)" -le "$(when sysinit.target ActiveEnterTimestampMonotonic)" ] ||
	fail "the push came after sysinit.target"
[ "$(when systemd-modules-load.service ExecMainExitTimestampMonotonic)" -le \
	"$(when p2ptopo-boot.service ExecMainStartTimestampMonotonic)" ] || fail "the push came before the modules"
systemd-analyze verify --man=no p2ptopo-boot.service p2ptopo-refresh.service p2ptopo-refresh.path p2ptopo-refresh.timer \
	>/out/verify.txt 2>&1 || fail "$(cat /out/verify.txt)"
grep -i p2ptopo /out/verify.txt && fail "the units are not clean"

# What the units leave root: under their [Service] it can write to /run, and not to what ProtectSystem= leaves writable.
cat >/run/p2ptopo/lab.sh <<'EOF'
for file in /proc/sys/kernel/core_pattern /sys/module/p2pgate/parameters/hold /dev/shm/lab /dev/lab /etc/lab /run/p2ptopo/lab; do
	(echo 1 >$file) 2>/dev/null && echo $file
done >/run/p2ptopo/lab.wrote
exit 0
EOF
mkdir -p /run/systemd/system
for unit in refresh boot; do
	sed 's|^ExecStart=.*|ExecStart=/bin/sh /run/p2ptopo/lab.sh|' \
		"$(systemctl show -p FragmentPath --value p2ptopo-$unit.service)" >/run/systemd/system/lab-$unit.service
	systemctl daemon-reload
	systemctl start lab-$unit.service || fail "lab-$unit.service: $(journal -u lab-$unit.service)"
	expect /run/p2ptopo/lab cat /run/p2ptopo/lab.wrote
	rm /run/systemd/system/lab-$unit.service /run/p2ptopo/lab /run/p2ptopo/lab.wrote
done

start_recording
start_drivers
quiet
then=$(uptime)
p2ptopo refresh && is_right || fail "another answer without root"
slow=$(since $then)
echo "lab: one refresh and two questions take $slow s here"

before=$(renewed)
echo "host: device_add driver=nvme id=delta bus=dp2 drive=d3 serial=delta cmb_size_mb=16"
until_true 90 has_pairs 6 || fail "$(info pairs) pairs after a drive came"
until_true 10 is_right || { cat /out/differs.txt; fail "another answer without root after a drive came"; }
echo "lab: last event at $(last_event), last renewal at $(tail -1 /out/renewals), right at $(uptime)"
quiet
echo "lab: $(($(renewed) - before)) renewals for a drive that came"
[ $(($(renewed) - before)) -le 2 ] || fail "too many renewals"

d=$(function_of delta)
echo "host: device_del id=delta"
until_true 90 gone $d || fail "delta was not pulled"
until_true 20 has_pairs 2 || fail "$(info pairs) pairs after a drive went"
until_true 10 is_right || fail "another answer without root after a drive went"
quiet

# One unbinds and binds a driver while refreshes run: what was asked last is seen.
a=$(function_of alpha)
for i in 1 2 3; do
	echo $a >/sys/bus/pci/drivers/nvme/unbind; sleep 0.$((i * 2)); echo $a >/sys/bus/pci/drivers/nvme/bind; sleep 0.3
done
start_drivers
quiet
is_right || fail "another answer without root after a driver came and went"
expect active systemctl is-active p2ptopo-refresh.path

# Without the gate nothing is enforced, and nobody can overlook it; the snapshot is made all the same.
echo 0 >/sys/module/p2pgate/parameters/hold
rmmod p2pgate || fail rmmod
before=$(renewed)
systemctl start p2ptopo-refresh.service && fail "the refresh did not fail"
expect failed systemctl is-failed p2ptopo-refresh.service
journal -p err -u p2ptopo-refresh.service | grep -q "NOTHING IS ENFORCED" || fail "not in the journal as an error"
expect $((before + 1)) renewed

# It is loaded again: pushed by udev's doing.
modprobe p2pgate || insmod /lab/kmod/p2pgate.ko || fail modprobe
until_true 20 has_pairs 2 || fail "no push when the module was loaded"
quiet
expect inactive systemctl is-active p2ptopo-refresh.service
journalctl --no-pager -o short-monotonic >/out/journal.txt
no_oops
