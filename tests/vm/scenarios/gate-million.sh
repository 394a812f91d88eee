# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod modules/p2pcrowd
# source: guest/gatectl.c guest/gatepush.c
# Lists of a million pairs, and of the most there may be: two pushers in a race, SIGKILL in the middle of a push, and what the list costs in memory.
. /lab/functions.sh
. /lab/gate.sh

insmod /lab/kmod/p2pcrowd.ko count=2048 || fail "no crowd"
kmod p2pgate
gatepush race c0de 400 $(rounds 100) || fail "race"
gatepush kill c0de 1001 $(rounds 60) || fail "kill"

# Memory: what the kernel lacks after a push of as many pairs as there may be.
gatectl set off >/dev/null
free() { sync; echo 3 >/proc/sys/vm/drop_caches; sleep 1; awk '/^MemFree/ { print $2 }' /proc/meminfo; }
before=$(free)
gatepush push c0de 2048 || fail "push"
took=$((before - $(free)))
echo "a list of 4192256 pairs takes $took KiB"
[ $took -gt $((4192256 * 2 / 1024)) ] && [ $took -lt $((4192256 * 16 / 1024)) ] || fail "more than 16 bytes a pair, or nothing"
gatectl set off >/dev/null
rmmod p2pgate || fail "not unloaded"
no_oops
