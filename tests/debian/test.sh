# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced in a root, in /sources: run_tests LABELS runs the tests of /build. As in ./runtests, what is skipped must be allowed to be.
run_tests() {
	local log
	log=$(mktemp)
	ctest --test-dir /build --parallel "${P2PTOPO_JOBS:-$(nproc)}" --output-on-failure -L "$1" 2>&1 | tee "$log"
	[ "${PIPESTATUS[0]}" = 0 ] || return 1
	sed -n 's/^.*Test *#[0-9]*: \([^ ]*\) .*\*\*\*Skipped.*$/\1/p' "$log" | while read -r name; do
		grep -Eq "^$name([[:space:]]|\$)" tests/skips.allowed ||
			{ printf '%s was skipped, and tests/skips.allowed does not allow that.\n' "$name"; exit 1; }
	done
}
