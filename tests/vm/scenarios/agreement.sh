# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: modules/p2pask
# p2ptopo: yes
# What the kernel answers for every ordered pair, what p2ptopo says beside it, and a capture of the same boot.
# agreement.check compares them on the host.
. /lab/functions.sh
. /lab/machine.sh

start_drivers
kmod p2pask
cat /sys/kernel/debug/p2pask/distance >/out/distances.txt
cat /sys/kernel/debug/p2pask/map >/out/map.txt
p2ptopo pairs --all --jsonl >/out/live.jsonl || fail "p2ptopo pairs ended with $?"
p2ptopo capture /out/capture.tar || fail "p2ptopo capture ended with $?"
cat /sys/kernel/debug/p2pask/distance | cmp - /out/distances.txt || fail "the answers changed while p2ptopo ran"
grep -v not_supported /out/map.txt | head -3
no_complaint
echo "pairs: $(wc -l </out/distances.txt)"
