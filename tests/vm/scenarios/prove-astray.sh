# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# p2ptopo: yes
# config: yes
# The kernel permits the pair, every call succeeds, and the bytes that arrive are wrong: prove must say so.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta) disk=$(disk_of beta)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$disk" ] || fail "no drives alpha and beta"

p2ptopo pairs --jsonl -s $a >/out/pairs.jsonl || fail "pairs"
grep "\"provider\":\"$a\",\"client\":\"$b\"" /out/pairs.jsonl | grep -q '"map_type":"bus_addr"' ||
	fail "the pair is not permitted: $(grep "$b" /out/pairs.jsonl)"
p2ptopo prove $a $b --scratch $disk >/out/last 2>&1
code=$?
cat /out/last
[ $code = 1 ] || fail "status $code"
grep -q "permitted and NOT proven" /out/last || fail "it does not say so"
