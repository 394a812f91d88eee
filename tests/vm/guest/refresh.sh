# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by scenarios on refresh and watch, in the guest: udevd as it comes, unprivileged users, and what they see.
snapshot=/run/p2ptopo/snapshot.tar.gz

# until_true SECONDS COMMAND...
until_true() {
	local left=$(($1 * 10)); shift
	while ! "$@" >/dev/null 2>&1; do
		left=$((left - 1)); [ $left -gt 0 ] || return 1
		sleep 0.1
	done
}
gone() { [ ! -e "/sys/bus/pci/devices/$1" ]; }
uptime() { cut -d' ' -f1 /proc/uptime; }
# since TIME: seconds since that uptime
since() { awk -v then="$1" '{ printf "%.1f\n", $1 - then }' /proc/uptime; }

nobody='/lab/setpriv --reuid=65534 --regid=65534 --clear-groups'
as_nobody() { $nobody "$@"; }

# Every renewal of the snapshot and every PCI event of the kernel, each a line with its time.
start_recording() {
	mkdir -p /run/p2ptopo
	renewals /run/p2ptopo snapshot.tar.gz >/out/renewals &
	udevadm monitor --kernel --subsystem-match=pci >/out/events.txt &
	sleep 1
}
renewed() { wc -l </out/renewals; }
events() { grep -c '^KERNEL\[.*(pci)$' /out/events.txt; }
last_event() { sed -n 's/^KERNEL\[\([0-9.]*\)\].*(pci)$/\1/p' /out/events.txt | tail -1; }

# The machine has come to rest: no event for a while, and no refresh under way.
quiet() {
	local before
	while :; do
		before="$(events) $(renewed)"
		sleep 3
		[ -e /run/p2ptopo/asked ] || ! flock -n /run/p2ptopo/running.lock true || [ "$before" != "$(events) $(renewed)" ] || return 0
	done
}

# What a user who is not root is told of all pairs, and what root is told: the same but for the age of the registers.
pairs_of() { "$@" p2ptopo pairs --all --json 2>"/tmp/said$*" | sed "s/\"registers_saved_at\":\"[^\"]*\",//"; }
# All that is known of every function, serial numbers apart.
tree_of() { "$@" p2ptopo tree --json 2>/dev/null | grep -v '"registers_saved_at"\|"serial"'; }
is_right() {
	pairs_of as_nobody >/tmp/nobody.json || return 1
	grep -q 'as root read them' /tmp/saidas_nobody || return 1
	tree_of as_nobody >/tmp/nobody-tree.json && tree_of >/tmp/root-tree.json || return 1
	diff /tmp/root-tree.json /tmp/nobody-tree.json >/out/differs.txt || return 1
	pairs_of >/tmp/root.json && diff /tmp/root.json /tmp/nobody.json >/out/differs.txt
}
