# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod
# source: guest/gatectl.c guest/renewals.c
# qmp: yes
# p2ptopo: yes
# installed: yes
# udev: yes
# systemd-udevd with the installed rules, and no systemd: a coldplug is one refresh; users without root get root's answers; the
# policy is pushed when the gate is loaded, when a drive comes and when one goes; what is wrong leaves the last good state; watch
# tells each of it.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh
. /lab/refresh.sh

# The administrator's word on the gate's node comes after ours.
mkdir -p /etc/udev/rules.d
echo 'SUBSYSTEM=="misc", KERNEL=="p2pgate", GROUP="lab", MODE="0640"' >/etc/udev/rules.d/91-lab.rules

start_drivers
# Before any snapshot: what cannot be read is unknown, and one line says how to get it.
as_nobody p2ptopo path nvme0 nvme1 >/out/before.txt 2>/out/before-said.txt
grep -q unknown /out/before.txt || fail "a verdict without registers"
expect 1 wc -l </out/before-said.txt
grep -q "there is no snapshot from root.*p2ptopo refresh" /out/before-said.txt || fail "not said how to get the rest"

start_recording
/lib/systemd/systemd-udevd --daemon || fail "no udevd"
udevadm trigger --type=subsystems --action=add
udevadm trigger --type=devices --action=add
udevadm settle
until_true 20 test -e $snapshot || fail "no snapshot after the coldplug"
quiet
expect 1 renewed
expect "644 0 0" stat -c '%a %u %g' $snapshot
expect "755 0 0" stat -c '%a %u %g' /run/p2ptopo
is_right || { cat /tmp/saidas_nobody /out/differs.txt; fail "another answer without root"; }
as_nobody p2ptopo report >/out/report.txt 2>/out/report-said.txt || fail "no report without root"
expect 1 wc -l </out/report-said.txt

$nobody p2ptopo watch --jsonl --interval 0 >/out/watch-nobody.jsonl 2>/out/watch-nobody.txt &
user=$!
p2ptopo watch --jsonl --interval 1 >/out/watch-root.jsonl 2>/out/watch-root.txt &
root=$!
p2ptopo watch >/out/watch.txt &
text=$!
until_true 20 test -s /out/watch-nobody.jsonl -a -s /out/watch-root.jsonl -a -s /out/watch.txt || fail "watch does not start"

# A drive comes; the answer is right soon after the last event.
before=$(renewed)
echo "host: device_add driver=nvme id=delta bus=dp2 drive=d3 serial=delta cmb_size_mb=16"
has_drive() { [ -n "$(function_of $1)" ]; }
until_true 60 has_drive delta || fail "delta did not come"
d=$(function_of delta)
until_true 10 is_right || { cat /tmp/saidas_nobody /out/differs.txt; fail "another answer without root after a drive came"; }
echo "lab: right $(since $(last_event)) s after the last of $(events) events"
quiet
echo "lab: $(($(renewed) - before)) renewals for a drive that came"
grep -q "\"event\":\"added\".*\"bdf\":\"$d\"" /out/watch-root.jsonl || fail "watch did not tell that $d came"
grep -q "\"event\":\"driver\".*\"bdf\":\"$d\".*\"to\":\"nvme\"\|\"event\":\"added\".*\"bdf\":\"$d\".*\"driver\":\"nvme\"" /out/watch-root.jsonl ||
	fail "watch did not tell its driver"

# The policy is pushed when the module is loaded, and the node is as the administrator says.
a=$(function_of alpha) b=$(function_of beta)
mkdir -p /etc/p2ptopo
cat >/etc/p2ptopo/policy.json <<END
{ "format": "p2ptopo-policy", "version": 1,
  "rules": [ { "action": "allow", "provider": { "class": "nvme" }, "client": { "class": "nvme" }, "when": { "same": "switch" } } ] }
END
# Installed, and no gate: loud, and the snapshot is made all the same.
before=$(renewed)
expect 3 sh -c 'p2ptopo refresh >/out/refresh.txt 2>&1; echo $?'
grep -q "NOTHING IS ENFORCED" /out/refresh.txt || fail "it is not loud"
expect $((before + 1)) renewed

kmod p2pgate
has_pairs() { [ "$(info pairs)" = "$1" ]; }
until_true 20 has_pairs 6 || fail "no push when the module was loaded: $(info pairs) pairs"
expect enforce info mode
expect "640 0 700" stat -c '%a %u %g' /dev/p2pgate
generation=$(info generation)
p2ptopo refresh || fail refresh
expect "$generation" info generation

# A drive that is on the list goes and its like comes: pushed again both times, without anybody's doing.
echo "host: device_del id=delta"
until_true 60 gone $d || fail "delta was not pulled"
until_true 20 has_pairs 2 || fail "$(info pairs) pairs after a drive went"
until_true 10 is_right || fail "another answer without root after a drive went"
echo "lab: right $(since $(last_event)) s after the last event"
quiet
sleep 3
echo "host: device_add driver=nvme id=epsilon bus=dp2 drive=d3 serial=epsilon cmb_size_mb=16"
until_true 60 has_pairs 6 || fail "no push for a drive that came"
quiet

# A wrong policy: the list in force stays, the snapshot is renewed, and it is said.
echo '{ "format": "p2ptopo-policy", "version": 1, "rules": [ { "action": "perhaps" } ] }' >/etc/p2ptopo/policy.json
before=$(renewed)
expect 4 sh -c 'p2ptopo refresh 2>/out/wrong.txt; echo $?'
grep -q 'policy.json:1:' /out/wrong.txt || fail "it is not said what is wrong"
has_pairs 6 || fail "a wrong policy changed the list"
expect $((before + 1)) renewed

# A snapshot that cannot be written: the last one stays.
sum=$(md5sum $snapshot)
rm /etc/p2ptopo/policy.json
mkdir -p /tmp/full && mount -t tmpfs -o size=16k,mode=755 full /tmp/full
cp $snapshot /tmp/full/ && dd if=/dev/zero of=/tmp/full/fill bs=1k 2>/dev/null
expect 5 sh -c 'p2ptopo refresh --run-dir /tmp/full 2>/out/full.txt; echo $?'
grep -q "No space left" /out/full.txt || fail "a full disk is not said"
expect "${sum%% *}" sh -c 'md5sum </tmp/full/snapshot.tar.gz | cut -d" " -f1'
expect 0 sh -c 'ls -a /tmp/full | grep -c "^\.snap" || true'

# Turned off by hand it stays off.
cp /lab/policy.json /etc/p2ptopo/policy.json 2>/dev/null
p2ptopo policy clear || fail clear
echo '{ "format": "p2ptopo-policy", "version": 1, "rules": [] }' >/etc/p2ptopo/policy.json
p2ptopo refresh >/out/off.txt || fail "refresh with the gate off"
expect off info mode
grep -q "stays off" /out/off.txt || fail "it is not said that it stays off"

# Many at once: at most two of them have anything to do, and all are content.
before=$(renewed)
jobs=
for i in 1 2 3 4 5 6 7 8; do p2ptopo refresh --background & jobs="$jobs $!"; done
for job in $jobs; do wait $job || fail "one of many has failed"; done
until_true 20 test ! -e /run/p2ptopo/asked || fail "still asked"
quiet
many=$(($(renewed) - before))
[ $many -ge 1 ] && [ $many -le 2 ] || fail "$many renewals for eight that asked at once"

# watch ends well: by signals, and when nobody reads.
kill -INT $root; wait $root || fail "SIGINT: status $?"
kill -TERM $user; wait $user || fail "SIGTERM: status $?"
kill -TERM $text; wait $text || fail "SIGTERM: status $?"
{ p2ptopo watch --jsonl --interval 0; echo $? >/out/pipe-status; } | { read -r line; }
until_true 5 test -s /out/pipe-status || fail "watch outlives its reader"
expect 0 cat /out/pipe-status
for file in /out/watch-nobody.txt /out/watch-root.txt; do grep -v "as root read them" $file && fail "$file"; done
no_oops
