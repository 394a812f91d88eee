# SPDX-License-Identifier: GPL-2.0-or-later
# source: guest/renewals.c
# qmp: yes
# p2ptopo: yes
# installed: yes
# udev: yes
# 32 cards plugged in a row, and pulled in a row: watch tells each once, a burst renews the snapshot once, and a user without root
# is told the truth within two seconds of the last event.
. /lab/functions.sh
. /lab/gate.sh
. /lab/refresh.sh

start_recording
/lib/systemd/systemd-udevd --daemon || fail "no udevd"
p2ptopo refresh || fail refresh
p2ptopo watch --jsonl --interval 0 >/out/watch-root.jsonl &
$nobody p2ptopo watch --jsonl --interval 0 >/out/watch-nobody.jsonl 2>/dev/null &
until_true 30 test -s /out/watch-root.jsonl -a -s /out/watch-nobody.jsonl || fail "watch does not start"
is_right || fail "another answer without root at the start"

cards() { grep -lx 0x020000 /sys/bus/pci/devices/*/class | wc -l; }
are_cards() { [ "$(cards)" = "$1" ]; }
told() { grep -c "\"event\":\"$2\"" /out/watch-$1.jsonl; }
is_told() { [ "$(told root $1)" = 32 ] && [ "$(told nobody $1)" = 32 ]; }

# From the last event to the moment when the first of the questions is asked that are all answered with the truth.
settle_and_compare() {
	local what=$1 before=$2 first=$3 asked
	until_true 60 is_told $what || fail "of 32 $what root was told $(told root $what), nobody $(told nobody $what)"
	while :; do
		asked=$(uptime)
		is_right && break
		[ "${asked%.*}" -gt $(($(last_event | cut -d. -f1) + 20)) ] && fail "another answer without root after 20 s"
	done
	quiet
	echo "lab: 32 $what: $(($(events) - first)) events, the last at $(last_event); $(($(renewed) - before)) renewals, the last at\
 $(tail -1 /out/renewals); right when asked at $asked"
	awk -v asked="$asked" -v last="$(last_event)" 'BEGIN { exit !(asked - last < 2) }' ||
		fail "not right within two seconds after the last event"
}

before=$(renewed) first=$(events)
for i in $(seq 0 31); do echo "host: device_add driver=e1000e id=card$i bus=rp$i romfile="; done
until_true 120 are_cards 33 || fail "$(cards) cards instead of 33"
settle_and_compare added $before $first
[ $(($(renewed) - before)) -le 3 ] || fail "too many renewals"

before=$(renewed) first=$(events)
for i in $(seq 0 31); do echo "host: device_del id=card$i"; done
until_true 120 are_cards 1 || fail "$(cards) cards instead of 1"
settle_and_compare removed $before $first
[ $(($(renewed) - before)) -le 3 ] || fail "too many renewals"
no_complaint
