#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The version stands in CMakeLists.txt; what else has to name it names the same one."""
import pathlib
import re
import sys

# A file, and where it names the version of the project.
NAMES = [
    ("NEWS", r"^(\d[\d.]*)(?:, .*)?$"),
    ("debian/changelog", r"^p2ptopo \((\d[\d.]*)-[^)]*\)"),
    ("packaging/rpm/p2ptopo.spec", r"^Version:\s*(\S+)"),
    ("packaging/rpm/p2ptopo.spec", r"^\* .* - (\d[\d.]*)-\d+$"),
    ("packaging/arch/PKGBUILD", r"^pkgver=(\S+)"),
    ("packaging/nix/default.nix", r'^\s*version = "([^"]*)";'),
    ("contrib/README.md", r"\bp2ptopo:(\d[\w.]*)"),
    ("contrib/kubernetes/Containerfile", r"\bp2ptopo:(\d[\w.]*)"),
    ("contrib/kubernetes/daemonset.yaml", r"^\s*image: p2ptopo:(\S+)"),
]


def main():
    top = pathlib.Path(sys.argv[1])
    text = (top / "CMakeLists.txt").read_text()
    version = re.search(r"^project\(p2ptopo VERSION ([\d.]+)", text, re.M).group(1)
    problems = []
    for name, pattern in NAMES:
        # The first is the newest.
        found = re.search(pattern, (top / name).read_text(), re.M)
        if not found or found.group(1) != version:
            problems.append(f"{name}: names {found.group(1) if found else 'no version'}, "
                            f"and CMakeLists.txt {version}")
    print("\n".join(problems) or f"all name {version}")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
