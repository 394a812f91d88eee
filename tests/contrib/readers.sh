#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# readers.sh CONTRIB: the files of contrib/, given to the programs they are for: promtool, systemd.
set -euo pipefail
contrib=$1
for tool in promtool systemd-analyze; do
	command -v "$tool" >/dev/null || {
		echo "skipped: $tool is not installed"
		exit 77
	}
done
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

promtool check rules --lint-fatal "$contrib/prometheus/p2ptopo.rules.yml"
promtool test rules "$contrib/prometheus/p2ptopo.test.yml"

install -D -m 755 -t "$tree/usr/local/sbin" "$contrib/p2ptopo-node-check"
install -D -m 644 -t "$tree/etc/systemd/system" "$contrib"/systemd/*
systemd-analyze verify --man=no --recursive-errors=no --root="$tree" \
	/etc/systemd/system/p2ptopo-check.service /etc/systemd/system/p2ptopo-check.timer
# The exposure, times ten: 4.0 at most.
systemd-analyze security --offline=true --root="$tree" --threshold=40 --no-pager p2ptopo-check.service |
	tail -n 1
