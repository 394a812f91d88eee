#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh TOP BUILD: build the fuzzers with clang and let each run for a short while.
set -eu
top=$1 build=$2/fuzzers jobs=${P2PTOPO_JOBS:-$(nproc)}
command -v clang >/dev/null || { echo 'clang is not installed'; exit 77; }
cd "$top"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { cmake --preset fuzz -B "$build" -DP2PTOPO_FUZZ_SECONDS=3 &&
	cmake --build "$build" --target fuzzers --parallel "$jobs"; } >"$log" 2>&1; then
	cat "$log"
	exit 1
fi
exec ctest --test-dir "$build" --parallel "$jobs" --output-on-failure -L fuzz
