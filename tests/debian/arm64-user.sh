#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What in-root runs in a root with libraries of arm64: all of user space cross-built, and its unit tests run by qemu-user.
set -eu
cd /sources
export PKG_CONFIG_LIBDIR=/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig
cmake --preset dev -B /build -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
	-DCMAKE_C_COMPILER=aarch64-linux-gnu-gcc -DCMAKE_CROSSCOMPILING_EMULATOR=qemu-aarch64 >/build/configure.log
cmake --build /build --parallel "${P2PTOPO_JOBS:-$(nproc)}" --target p2ptopo p2ppolicy unit-programs
qemu-aarch64 /build/src/p2ptopo/p2ptopo --version

# The emulator takes ten times as long and more: of random machines it gets one in eight.
export CK_TIMEOUT_MULTIPLIER=30 P2PTOPO_EVERY=8
. tests/debian/test.sh
run_tests /build '^unit$'
