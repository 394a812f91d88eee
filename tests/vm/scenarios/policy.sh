# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# kmod: ../../kmod
# source: guest/gatectl.c guest/p2pio.c
# p2ptopo: yes
# config: yes
# From a policy file to a list in force, by the commands an operator types: status, explain, push, show, diff, clear, and what each refuses.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh

start_drivers
a=$(function_of alpha) b=$(function_of beta) disk=$(disk_of beta)
[ -n "$a" ] && [ -n "$b" ] && [ -n "$disk" ] || fail "no drives alpha and beta"
fill "$disk"

# status COMMAND...: runs it, keeps what it says in /out/last, prints its exit status
status() {
	"$@" >/out/last 2>&1
	echo $?
}
says() { grep -q "$1" /out/last || { cat /out/last; fail "expected '$1'"; }; }

# Without the module nothing is enforced, and it says so.
expect 3 status p2ptopo gate status
says "the module p2pgate is not loaded: NOTHING IS ENFORCED"
expect 3 status p2ptopo policy push /out/policy.json
kmod p2pgate
expect 0 status p2ptopo gate status
says "NOTHING IS ENFORCED"

cat >/out/policy.json <<END
{ // beta may write into alpha
  "format": "p2ptopo-policy", "version": 1,
  "groups": { "memory": { "bdf": "$a" } },
  "rules": [ { "action": "allow", "provider": "memory", "client": { "bdf": "$b" },
               "when": { "same": "switch" }, "why": "scratch space" } ]
}
END
expect 0 status p2ptopo policy explain $a $b /out/policy.json
says "policy.json:4:14: scratch space"
expect 1 status p2ptopo policy explain $b $a /out/policy.json
says "no rule"
expect 0 status p2ptopo policy compile /out/policy.json
says "1 ordered pair allowed"
expect 1 status p2ptopo policy diff /out/policy.json
says "^+ $a"

# A dry run and a wrong file change nothing.
expect 0 status p2ptopo policy push --dry-run /out/policy.json
says "nothing was pushed"
expect off info mode
sed 's/"allow"/"permit"/' /out/policy.json >/out/wrong.json
expect 4 status p2ptopo policy push /out/wrong.json
says "wrong.json:4:26: expected \"action\""
expect off info mode

# A list that changes while the policy is read: once, and the machine is read again; ever again, and it is given up after ten times.
push_from_pipe() { p2ptopo policy push /tmp/pipe >/out/last 2>&1; echo $? >/tmp/pushed; }
mkfifo /tmp/pipe
push_from_pipe &
# opened when the reader has come, that is after it has asked the gate
(exec 3>/tmp/pipe; gatectl set observe >/dev/null; cat /out/policy.json >&3)
sleep 0.5	# until the reader has closed it
(exec 3>/tmp/pipe; cat /out/policy.json >&3)
wait
expect 0 cat /tmp/pushed
says "enforce: 1 ordered pairs in force"
expect enforce info mode
push_from_pipe &
for try in 1 2 3 4 5 6 7 8 9 10; do
	(exec 3>/tmp/pipe; gatectl set observe >/dev/null; cat /out/policy.json >&3)
	sleep 0.5
done
wait
expect 3 cat /tmp/pushed
says "the machine or the list changed while this was decided, 10 times in a row: nothing was pushed"
expect observe info mode
expect 0 status p2ptopo policy clear

expect 0 status p2ptopo policy push /out/policy.json
says "enforce: 1 ordered pairs in force"
expect 0 status p2ptopo gate status
says "^enforce: "
expect 0 status p2ptopo policy diff /out/policy.json
expect 0 status p2ptopo policy show
says "$a"
expect "$a>$b" gatectl get
expect moved p2pio $a $disk
expect "4 -1 not_listed" gatectl distance $b $a

# The other way round only: what was allowed is refused.
sed "s/\"provider\": \"memory\", \"client\": { \"bdf\": \"$b\" }/\"provider\": { \"bdf\": \"$b\" }, \"client\": \"memory\"/" \
	/out/policy.json >/out/turned.json
expect 1 status p2ptopo policy diff /out/turned.json
expect 0 status p2ptopo policy push /out/turned.json
expect_like "E* clean" p2pio $a $disk
expect 0 status p2ptopo policy push --mode observe /out/turned.json
expect moved p2pio $a $disk

# What is predicted, permitted, and let through, side by side.
expect 0 status p2ptopo path $b $a
says "yes, queried now: distance 4; with the gate 4 (listed)"
expect 0 status p2ptopo path $a $b
says "yes, queried now: distance 4; with the gate 4 (not_listed)"
p2ptopo path $a $b --json >/out/path.json || fail "path --json"
grep -q '"agrees": *true' /out/path.json || fail "the prediction differs"

# A machine that is not what /proc/cpuinfo says: on an AMD Zen CPU the kernel would let these two through its host bridge.
g=$(function_of gamma)
sed 's/GenuineIntel/AuthenticAMD/; s/^cpu family.*/cpu family\t: 25/' /proc/cpuinfo >/out/cpuinfo
mount -o bind /out/cpuinfo /proc/cpuinfo || fail "no bind mount"
status p2ptopo path $a $g >/dev/null
says "no, queried now: distance -1"
says "THE KERNEL'S ANSWER DIFFERS FROM THE PREDICTION"
umount /proc/cpuinfo
status p2ptopo path $a $g >/dev/null
grep -q "DIFFERS FROM THE PREDICTION" /out/last && fail "a difference where there is none"

# JSON of all of them for the host to look at.
p2ptopo gate status --json >/out/gate.json || fail "gate status --json"
p2ptopo policy show --json >/out/policy-in-force.json || fail "policy show --json"
p2ptopo policy diff --json /out/policy.json >/out/policy-diff.json
p2ptopo policy compile --json /out/policy.json >/out/allow-list.json || fail "policy compile --json"
p2ptopo policy explain --json $a $b /out/policy.json >/out/policy-decision.json || fail "policy explain --json"

expect 0 status p2ptopo policy clear
expect off info mode
expect 0 status p2ptopo policy show
says "^0 ordered pairs"
expect 2 status p2ptopo --from /out/gate.json policy push /out/policy.json
rmmod p2pgate || fail "not unloaded"
no_oops
