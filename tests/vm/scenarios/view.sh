# SPDX-License-Identifier: GPL-2.0-or-later
# modules: nvme
# source: guest/onpty.c
# p2ptopo: yes
# config: yes
# program: tic
# qmp: yes
# The viewer on a terminal while a drive is pulled and another one is put into its slot: the screen, as the viewer saves it, marks
# what went and what came, without a key; and a driver that goes is a change.
. /lab/functions.sh
. /lab/machine.sh
. /lab/gate.sh
. /lab/refresh.sh

[ -e /dev/pts/ptmx ] || { mkdir -p /dev/pts && mount -t devpts devpts /dev/pts; } || fail "no terminals"
export TERMINFO=/tmp/terminfo TERM=lab
cat >/tmp/lab.ti <<'END'
lab|a terminal of the lab,
	am, cols#80, lines#24, bel=^G, cr=\r, ind=\n, clear=\E[H\E[2J, el=\E[K,
	cup=\E[%i%p1%d;%p2%dH, cub1=^H, cuu1=\E[A, cuf1=\E[C, rev=\E[7m, sgr0=\E[m, smcup=\E[?1049h, rmcup=\E[?1049l,
END
tic -o $TERMINFO /tmp/lab.ti || fail tic

start_drivers
a=$(function_of alpha) b=$(function_of beta)
mkfifo /tmp/keys
onpty p2ptopo view </tmp/keys >/out/view.raw &
viewer=$!
exec 3>/tmp/keys
until_true 60 test -s /out/view.raw || fail "the viewer does not start"
shots=0
# The screen as it is now, in /out/screen.
shoot() {
	shots=$((shots + 1))
	printf ':w /out/screen.%s\r' $shots >&3
	until_true 30 test -s /out/screen.$shots || fail "the screen was not saved"
	cp /out/screen.$shots /out/screen
}
shows() { shoot; grep -q -- "$1" /out/screen; }

shows " (live)" || fail "it does not say that it is live"
grep -q "$a" /out/screen && grep -q "$b" /out/screen || fail "the drives are not shown"
echo "host: device_del id=beta"
until_true 60 gone $b || fail "beta was not pulled"
until_true 30 shows "+0 -1 ~" || fail "that it went was not seen"
grep -q "^- *$b" /out/screen || fail "what went is not marked"
until_true 30 grep -q . /sys/bus/pci/slots/12/power
sleep 6
echo "host: device_add driver=nvme id=delta bus=dp1 drive=d3 serial=delta cmb_size_mb=16"
until_true 60 test -n "$(function_of delta)" -o -e /sys/bus/pci/devices/$b || fail "delta did not come"
until_true 30 shows "+1 -0 ~" || fail "that it came was not seen"
grep -q "^+ .*$b" /out/screen || fail "what came is not marked"

# The marks end, by themselves.
unmarked() { ! shows "+1 -0 ~"; }
until_true 60 unmarked || fail "the mark stays"
echo $a >/sys/bus/pci/drivers/nvme/unbind
until_true 30 shows "~1 " || fail "that the driver went was not seen"
grep -q "^~ .*$a" /out/screen || fail "what changed is not marked"
printf Q >&3
wait $viewer || fail "the viewer ended with status $?"
no_oops
