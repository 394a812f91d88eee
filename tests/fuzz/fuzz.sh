#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fuzz.sh PROGRAM CORPUS SECONDS: let a libFuzzer target run from the kept corpus.  What it finds
# new goes to a folder of its own; what breaks it stays in the current one as crash-*.
set -eu
found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
# Which inputs are rare is not worth what libFuzzer spends on it: with a corpus of a thousand, more than half of the time.
"$1" -max_total_time="$3" -timeout=20 -entropic=0 -rss_limit_mb=2048 -max_len=65536 -print_final_stats=0 \
	-verbosity=0 "$found" "$2"
