# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced in the folder of the sources: run_tests BUILD LABELS [LEFT-OUT] runs tests of it, but for long ones and those named.
# As in ./runtests, what is skipped must be allowed to be.
run_tests() {
	local log
	log=$(mktemp)
	ctest --test-dir "$1" --parallel "${P2PTOPO_JOBS:-$(nproc)}" --output-on-failure -L "$2" -LE "^long$" ${3:+-E "$3"} 2>&1 | tee "$log"
	[ "${PIPESTATUS[0]}" = 0 ] || return 1
	sed -n 's/^.*Test *#[0-9]*: \([^ ]*\) .*\*\*\*Skipped.*$/\1/p' "$log" | while read -r name; do
		grep -Eq "^$name([[:space:]]|\$)" tests/skips.allowed ||
			{ printf '%s was skipped, and tests/skips.allowed does not allow that.\n' "$name"; exit 1; }
	done
}
