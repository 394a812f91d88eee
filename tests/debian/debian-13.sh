#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What in-root runs in the root of the other Debian: sources in /sources, the build in /build.  It is the build without libpci,
# which is in no list of what the programs load.
set -eu
cd /sources
cmake --preset dev -B /build -DP2PTOPO_LIBPCI=OFF -DP2PTOPO_CAPTURES="${1:-}" >/build/configure.log
cmake --build /build --parallel "${P2PTOPO_JOBS:-$(nproc)}"
for each in src/p2ptopo/p2ptopo src/libp2ppolicy/libp2ppolicy.so; do
	! ldd "/build/$each" | grep 'libpci\.so' || { echo "$each links libpci"; exit 1; }
done
. tests/debian/test.sh
# What differs here are libraries and Python, which one capture in eight shows as well as all do.
export P2PTOPO_EVERY=8
run_tests '^(unit|case)$'
