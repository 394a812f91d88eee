#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sanitized.sh TOP BUILD CAPTURES [OPTION-OF-CMAKE...]: build with ASan and UBSan, run the unit tests and cases so.
set -eu
top=$1 build=$2 captures=$3 jobs=${P2PTOPO_JOBS:-$(nproc)}
shift 3
cd "$top"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { cmake --preset asan -B "$build" -DP2PTOPO_CAPTURES="$captures" "$@" &&
	cmake --build "$build" --parallel "$jobs"; } >"$log" 2>&1; then
	cat "$log"
	exit 1
fi
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
# What is left out runs the same commands as the rest, many times over; tests that read every capture take one in eight.
export P2PTOPO_EVERY=8
# Check gives a unit test four seconds.
export CK_TIMEOUT_MULTIPLIER=5
. tests/debian/test.sh
run_tests "$build" 'unit|case|fuzz' '^cases\.(width|environment)$|^fuzzers$'
