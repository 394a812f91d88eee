#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What in-root runs in a root with libraries of another architecture: all of user space cross-built, and its unit tests run, by
# qemu-user where this machine cannot.  s390x is big-endian, i386 has pointers, sizes and times of 32 bits.
# usage: user.sh arm64 | s390x | i386
set -eu
cd /sources

# The architecture; compiler and libraries; what cmake calls it; what runs its programs.
read -r triplet processor emulator <<<"$(sed -n "s/^$1 //p" <<E
arm64 aarch64-linux-gnu aarch64 qemu-aarch64
s390x s390x-linux-gnu s390x qemu-s390x
i386 i686-linux-gnu i686
E
)"
[ -n "$triplet" ] || { echo "no such architecture: $1"; exit 2; }

export PKG_CONFIG_LIBDIR=/usr/lib/${triplet/i686/i386}/pkgconfig:/usr/share/pkgconfig
# Without the debug information of the preset, which nobody reads there; with its asserts and warnings.
cmake --preset dev -B /build -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O2 -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$processor" \
	-DCMAKE_C_COMPILER="$triplet-gcc" ${emulator:+-DCMAKE_CROSSCOMPILING_EMULATOR="$emulator"} >/build/configure.log
cmake --build /build --parallel "${P2PTOPO_JOBS:-$(nproc)}" --target p2ptopo p2ppolicy unit-programs
$emulator /build/src/p2ptopo/p2ptopo --version

# The locales of the root are in the byte order of this machine.
if [ "$1" = s390x ]; then
	mkdir -p /build/locale
	localedef --big-endian -i C -f UTF-8 /build/locale/C.utf8
	export LOCPATH=/build/locale
fi
# The emulator takes ten times as long and more: of much that is alike it gets little.
export CK_TIMEOUT_MULTIPLIER=30 P2PTOPO_EVERY=16
. tests/debian/test.sh
run_tests /build '^unit$'
