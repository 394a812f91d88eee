#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# runtests fails when a test fails or is skipped without leave, says so last, and names what it leaves out: run
# ctest that does not test anything.  usage: check-runtests.sh SOURCES
set -eu
# Whoever set it chose this test by it, not those of the copy.
unset P2PTOPO_TEST_ARGS
top=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"/{bin,.ci,tests,build-test/Testing/Temporary}
cp "$top/runtests" "$folder"
cp "$top/.ci/packages.sh" "$folder/.ci"
printf '# Why.\ncases.allowed\tfor a reason\n' >"$folder/tests/skips.allowed"
printf 'P2PTOPO_VM:BOOL=OFF\n' >"$folder/build-test/CMakeCache.txt"
outputs=$folder/build-test/Testing/Temporary/LastTest.log
cat >"$folder/outputs" <<'LOG'
1/2 Test: cases.allowed
Command: "x"
Output:
----------------------------------------------------------
skipped: no such folder
<end of output>
2/2 Test: vm.prepare
Output:
----------------------------------------------------------
vm: skipped: no mirror
<end of output>
3/3 Test: vm.broken
Output:
----------------------------------------------------------
the guest: no such drive
<end of output>
LOG

# fake NAME LINE...: a command that does these lines
fake() {
	local name=$1
	shift
	printf '#!/bin/sh\n%s\n' "$*" >"$folder/bin/$name"
	chmod +x "$folder/bin/$name"
}
fake dpkg-query 'echo "ii "'
fake cmake "echo \"\$@\" >>'$folder/asked'"

# outcome STATUS TEXT LINES: runtests beside a ctest that does LINES ends with STATUS and has said TEXT.  The real one begins its log anew
# when it only lists tests, too.
outcome() {
	local status=0
	fake ctest "case \$* in *-N*) : >'$outputs'; echo '  Test #9: vm.slow'; echo ' Test #10: vm.slower'; exit;; esac
		cp '$folder/outputs' '$outputs'; $3"
	PATH=$folder/bin:$PATH bash "$folder/runtests" -DA=B >"$folder/said" 2>&1 || status=$?
	if [ "$status" != "$1" ] || ! grep -qF -- "$2" "$folder/said"; then
		printf 'runtests ended with %s, not %s, or did not say "%s":\n' "$status" "$1" "$2"
		cat "$folder/said"
		exit 1
	fi
}
allowed="echo ' 1/2 Test #1: cases.allowed ....***Skipped   0.1 sec'"
outcome 0 '(ctest -L long): vm.slow vm.slower' 'exit 0'
outcome 0 'Left out: all that P2PTOPO_VM is for' 'exit 0'
outcome 8 'hand (ctest -L long): vm.slow' 'exit 8'
broken="echo ' 3/3 Test #3: vm.broken ....***Failed   0.1 sec'"
outcome 8 'the guest: no such drive' "$broken; exit 8"
[ "$(tail -n 1 "$folder/said")" = 'the guest: no such drive' ] || { echo "What failed is not said last"; exit 1; }
outcome 0 'cases.allowed was skipped: skipped: no such folder' "$allowed"
outcome 1 'vm.prepare was skipped: vm: skipped: no mirror' "echo ' 2/2 Test #2: vm.prepare ....***Skipped   0.1 sec'"
grep -q -- '-DP2PTOPO_VM=ON -DP2PTOPO_DEBIAN=ON -DA=B$' "$folder/asked"
