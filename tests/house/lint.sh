#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lint.sh shell|man|rules|cppcheck|tidy|tidy-deep TOP BUILD: one linter over what belongs to the project.
set -u
kind=$1 top=$2 build=$3 jobs=${P2PTOPO_JOBS:-$(nproc)}
cd "$top" || exit 1

need()
{
	command -v "$1" >/dev/null || {
		echo "$1 is not installed"
		exit 77
	}
}

shell_scripts()
{
	git ls-files | grep -v '^tests/fixtures/' | while read -r name; do
		[ -f "$name" ] && head -n 1 "$name" | grep -aqE '^#!.*\b(sh|bash)$' && echo "$name"
	done
}

# The sources of the library and the command as the build knows them, but for texts that the build itself turns into arrays: a third
# of what cppcheck took went into the megabyte of schemas.
sources()
{
	python3 -c '
import json, sys
found = {entry["file"] for entry in json.load(open(sys.argv[1])) if entry["file"].startswith(sys.argv[2] + "/src/")}
assert found, "no source of this checkout is built there"
print(*sorted(found), sep="\n")
' "$build/compile_commands.json" "$PWD"
}

case $kind in
shell)
	need shellcheck
	{ shell_scripts; echo rules/ask.in; echo packaging/arch/PKGBUILD; } | xargs shellcheck -x --severity=warning
	;;
man)
	need mandoc
	ls man/*.[1-8] >/dev/null 2>&1 || { echo 'no man page'; exit 1; }
	mandoc -T lint -W warning man/*.[1-8]
	;;
cppcheck)
	need cppcheck
	sources | cppcheck --quiet --std=c11 --inline-suppr --error-exitcode=1 -j "$jobs" \
		--enable=warning,portability,performance --suppress=missingIncludeSystem \
		--suppress='*:/usr/include/*' --library=posix \
		-D_GNU_SOURCE -DP2PTOPO_VERSION='"0"' -DP2PTOPO_EXAMPLES='""' -I src/libp2ppolicy -I src/p2ptopo \
		-I "$build" --file-list=-
	;;
tidy | tidy-deep)
	need clang-tidy
	# Nearly all of the time goes into the analyzer's paths; tidy-deep lets it follow as many of a function as clang does by default.
	budget=()
	if [ "$kind" = tidy ]; then
		for word in -Xclang -analyzer-config -Xclang max-nodes=20000; do
			budget+=("--extra-arg=$word")
		done
	fi
	sources | xargs -P "$jobs" -n 4 clang-tidy -p "$build" --quiet "${budget[@]}" 2>/dev/null
	;;
rules)
	need systemd-analyze
	tree=$(mktemp -d)
	trap 'rm -rf "$tree"' EXIT
	DESTDIR=$tree cmake --install "$build" >/dev/null || exit 1
	units=$(find "$tree" -path '*/systemd/system/p2ptopo-*' | sed "s|^$tree||")
	[ "$(echo "$units" | wc -l)" = 4 ] || { echo "there are not four units"; exit 1; }
	# What is below $tree is the whole system to it: targets it does not find are none of ours.
	# shellcheck disable=SC2086
	systemd-analyze verify --man=no --recursive-errors=no --root="$tree" $units || exit 1
	# Of 100, as systemd counts what a service may do that it need not.
	# shellcheck disable=SC2046
	systemd-analyze security --offline=true --threshold=40 --no-pager --root="$tree" \
		$(echo "$units" | grep 'service$') >"$tree/security" || { cat "$tree/security"; exit 1; }
	# From systemd 254 on.
	if udevadm verify --help >/dev/null 2>&1; then
		udevadm verify --resolve-names=never "$(find "$tree" -name 90-p2ptopo.rules)" || exit 1
	fi
	;;
*)
	echo "lint.sh: no linter '$kind'" >&2
	exit 2
	;;
esac
