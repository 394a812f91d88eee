# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: modules/p2pask
# Record what this machine looks like (the files as they are) and what its kernel answers for every ordered pair, in one boot.
. /lab/functions.sh
. /lab/machine.sh

start_drivers
kmod p2pask
cat /sys/kernel/debug/p2pask/distance >/out/distances.txt
cat /sys/kernel/debug/p2pask/map >/out/map.txt
mkdir /tmp/tree
copy_tree /tmp/tree
cat /sys/kernel/debug/p2pask/distance | cmp - /out/distances.txt || fail "the answers changed while the tree was read"
tar -C /tmp/tree -cf /out/tree.tar .
echo "pairs recorded: $(wc -l </out/distances.txt)"
[ -s /out/distances.txt ] || fail "no pairs"
