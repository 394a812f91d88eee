# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: modules/p2pask ../../kmod
# program: setpci
# source: guest/nobody.c guest/gatectl.c
# p2ptopo: yes
# config: yes
# What fix promises for two drives holds when its lines are run, and when --apply writes them; both ways back lead back. fix.check
# compares the kernel's distances with what was promised; fix-boot boots with the kernel parameters printed here.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

mkdir -p /run
start_drivers
kmod p2pask
a=$(function_of alpha) b=$(function_of beta) g=$(function_of gamma)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$g" ] || fail "no drives"
ask() { cat /sys/kernel/debug/p2pask/distance; }
distance() { ask | sed -n "s/^$1 $2 //p"; }
status() { "$@" >/out/last 2>&1; echo $?; }
says() { grep -q "$1" /out/last || { cat /out/last; fail "expected '$1'"; }; }
# unchanged WHEN: every answer of the kernel is what it was at the start
unchanged() { ask | cmp -s - /out/before.txt || fail "not as before: $1"; }
changed() { ask | cmp -s - /out/after.txt || fail "not as promised: $1"; }
lines() { sed -n "s/^ *\"$1\": *\"\(setpci .*\)\",*$/\1/p" /out/fix.json; }

ask >/out/before.txt
for d in /sys/kernel/iommu_groups/*/devices/*; do
	[ -e "$d" ] && echo "$(basename "$(dirname "$(dirname "$d")")") $(basename "$d")"
done >/out/groups.txt
[ "$(distance "$a" "$b")" = -1 ] || fail "the pair is permitted already"
p2ptopo fix --json "$a" "$b" >/out/fix.json || fail "fix --json ended with $?"
[ "$(status p2ptopo fix "$a" "$b")" = 0 ] || fail "fix"
cat /out/last
p2ptopo capture /tmp/before.tar || fail "capture"

# The printed lines, one by one, and the printed way back.
lines setpci | grep -q . || fail "no line to run"
lines setpci >/tmp/do && lines undo >/tmp/undo
sh -e /tmp/do || fail "setpci"
ask >/out/after.txt
[ "$(distance "$a" "$b")" = 4 ] || fail "distance $(distance "$a" "$b") after setpci"
[ "$(status p2ptopo fix "$a" "$b")" = 0 ] && says "nothing to do"
# No line too many: without any one of them the pair is refused again.
while read -r line; do
	sh -e /tmp/undo && grep -vxF "$line" /tmp/do | sh -e
	[ "$(distance "$a" "$b")" = -1 ] || fail "not needed: $line"
done </tmp/do
sh -e /tmp/undo || fail "undo"
unchanged "after the printed undo"

# By itself.
[ "$(status p2ptopo fix --apply "$a" "$b")" = 0 ] || { cat /out/last; fail "--apply"; }
says "Written"
changed "after --apply"
[ -s /run/p2ptopo/fix-undo.json ] || fail "no way back on disk"
[ "$(status p2ptopo fix --apply "$a" "$b")" = 0 ] && says "nothing was changed"
[ "$(status p2ptopo fix --undo)" = 0 ] || { cat /out/last; fail "--undo"; }
unchanged "after --undo"
[ ! -e /run/p2ptopo/fix-undo.json ] || fail "the way back stays on disk"
[ "$(status p2ptopo fix --undo)" = 4 ] || fail "--undo of nothing"
[ "$(status p2ptopo fix --apply --undo-file /tmp/back.json "$a" "$b")" = 0 ] || fail "--undo-file"
[ "$(status p2ptopo fix --undo --undo-file /tmp/back.json)" = 0 ] || fail "--undo --undo-file"
unchanged "after --undo of another file"

# What must not be written: a register that another hand has changed, a capture, and by who is not root.
[ "$(status p2ptopo fix --apply "$a" "$b")" = 0 ] || fail "--apply again"
first=$(head -1 /tmp/do) port=${first#setpci -s } port=${port%% *}
setpci -s "$port" ECAP_ACS+0x6.w=0000:0001
[ "$(status p2ptopo fix --undo)" = 3 ] || fail "--undo of a register that was changed"
says "nothing was written"
changed "after --undo that must refuse"
setpci -s "$port" ECAP_ACS+0x6.w=0001:0001
[ "$(status p2ptopo fix --undo)" = 0 ] || fail "--undo of what is as it was left"
unchanged "at the end"
[ "$(status p2ptopo --from /tmp/before.tar fix --apply "$a" "$b")" = 2 ] && says "capture"
[ "$(status nobody p2ptopo fix --apply "$a" "$b")" = 3 ] || { cat /out/last; fail "who is not root may write"; }
unchanged "after refusals"
# What the kernel permits and the gate refuses is told apart from what the kernel refuses.
[ "$(status p2ptopo fix --apply "$a" "$b")" = 0 ] || fail "--apply for the gate"
kmod p2pgate
gatectl set enforce || fail "set enforce"
[ "$(status p2ptopo fix "$a" "$b")" = 0 ] && says "the gate refuses it"
gatectl set off || fail "set off"
[ "$(status p2ptopo fix --undo)" = 0 ] || fail "--undo after the gate"
# No register helps where only the root complex joins the two.
[ "$(status p2ptopo fix "$a" "$g")" = 0 ] && says "swap"
no_oops
