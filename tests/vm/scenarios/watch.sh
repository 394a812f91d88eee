# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# source: guest/renewals.c
# p2ptopo: yes
# program: setpci
# installed: yes
# udev: yes
# What watch tells besides hot-plug: verdicts when ACS is changed, which is no event; drivers that go and come; events that were
# lost, after which it still tells what is different.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh
. /lab/refresh.sh

start_drivers
# So that a user's queue of events is short.
echo 16384 >/proc/sys/net/core/rmem_max
p2ptopo watch --jsonl --interval 1 >/out/watch-root.jsonl &
$nobody p2ptopo watch --jsonl --interval 0 --run-dir /none >/out/watch-nobody.jsonl 2>/out/watch-nobody.txt &
user=$!
p2ptopo watch --interval 1 >/out/watch.txt &
until_true 30 test -s /out/watch-root.jsonl -a -s /out/watch-nobody.jsonl -a -s /out/watch.txt || fail "watch does not start"
told() { grep -c "\"event\":\"$1\"$2" /out/watch-root.jsonl; }
is_told() { [ "$(told "$1" "$2")" -ge "${3:-1}" ]; }

# The port above a drive gets the opposite of its redirection, and back.
a=$(function_of alpha)
port=$(basename "$(dirname "$(readlink -f /sys/bus/pci/devices/$a)")")
old=$(setpci -s $port ECAP_ACS+6.w)
new=$(printf %04x $((0x$old ^ 0x0c)))
setpci -s $port ECAP_ACS+6.w=$new || fail setpci
until_true 30 is_told verdict || fail "no verdict after ACS of $port went from $old to $new"
grep '"event":"verdict"' /out/watch-root.jsonl | head -1 >/out/first
first=$(told verdict)
setpci -s $port ECAP_ACS+6.w=$old
until_true 30 is_told verdict '' $((2 * first)) || fail "no verdict after ACS was as before"
from=$(sed 's/.*"from":"\([a-z_]*\)".*/\1/' /out/first) to=$(sed 's/.*"to":"\([a-z_]*\)".*/\1/' /out/first)
is_told verdict ".*\"from\":\"$to\",\"to\":\"$from\"" || fail "not told back from $to to $from"
grep -q "verdict .* <- .*: $from -> $to" /out/watch.txt || fail "not told in the text"

# A driver goes and comes.
echo $a >/sys/bus/pci/drivers/nvme/unbind
until_true 30 is_told driver ".*\"bdf\":\"$a\".*\"from\":\"nvme\",\"to\":null" || fail "not told that the driver went"
echo $a >/sys/bus/pci/drivers/nvme/bind
until_true 30 is_told driver ".*\"bdf\":\"$a\".*\"from\":null,\"to\":\"nvme\"" || fail "not told that the driver came"
start_drivers

# Who does not read for a while loses events, and says so; what is different is told all the same.
kill -STOP $user
for i in $(seq 1 300); do echo change >/sys/bus/pci/devices/$a/uevent; done
echo $a >/sys/bus/pci/drivers/nvme/unbind
kill -CONT $user
until_true 60 grep -q '"event":"lost"' /out/watch-nobody.jsonl || fail "events cannot have been all heard"
until_true 30 grep -q "\"event\":\"driver\".*\"bdf\":\"$a\".*\"to\":null" /out/watch-nobody.jsonl || fail "what changed was not told"
expect 1 wc -l </out/watch-nobody.txt
no_complaint
