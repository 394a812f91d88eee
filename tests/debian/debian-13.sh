#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What in-root runs in the root of the other Debian: sources in /sources, the build in /build.
set -eu
cd /sources
cmake --preset dev -B /build -DP2PTOPO_CAPTURES="${1:-}" >/build/configure.log
cmake --build /build --parallel "$(nproc)"
. tests/debian/test.sh
# What differs here are libraries and Python, which one capture in four shows as well as all do.
export P2PTOPO_EVERY=4
run_tests '^(unit|case)$'
