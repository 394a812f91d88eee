# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages, sourced by ./setup and ./runtests.  Names only: no versions, no mirrors.

build_packages="gcc cmake make pkg-config libc6-dev
	libpci-dev libudev-dev libarchive-dev libhwloc-dev libjson-c-dev libblkid-dev libexpat1-dev zlib1g-dev libncurses-dev libsmartcols-dev
	pci.ids"

# What the unit tests and golden cases need beyond the build, and what all other tests need.
case_packages="check python3 python3-jsonschema python3-yaml jq pciutils tmux zstd xz-utils bzip2 file
	bash-completion zsh fish"
test_packages="$case_packages abigail-tools binutils hwloc mandoc shellcheck
	graphviz librsvg2-bin prometheus
	mmdebstrap debian-archive-keyring cpio kmod udev systemd strace
	clang clang-tidy libclang-rt-dev cppcheck sparse git musl-tools
	g++ golang-go ovmf sbsigntool efitools openssl"

# Print those of "$@" that are not installed.
missing_packages()
{
	for package in "$@"; do
		dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' ||
			printf '%s\n' "$package"
	done
}

# Install those of "$@" that are missing; quiet unless it fails.
install_packages()
{
	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null || {
		printf 'This machine has no apt-get; install these by hand: %s\n' "$(echo $missing)" >&2
		return 1
	}
	root=
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || {
			printf 'Not root, and no sudo; have root install: %s\n' "$(echo $missing)" >&2
			return 1
		}
		root=sudo
	fi
	printf 'Installing %s\n' "$(echo $missing)" >&2
	log=$(mktemp)
	if $root apt-get -q update >"$log" 2>&1 &&
	   $root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q install -y --no-install-recommends $missing >>"$log" 2>&1; then
		rm -f "$log"
		return 0
	fi
	cat "$log" >&2
	rm -f "$log"
	return 1
}
