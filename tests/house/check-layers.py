#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A floor includes only floors below it; the command includes only <p2ppolicy.h>."""
import pathlib
import re
import sys

FLOORS = ["base", "snapshot", "topology", "verdict", "policy", "gate"]
# A floor whose public face is more than one header.
FLOOR_OF = {"advice": "policy", "apply": "gate", "change": "topology", "check": "policy",
            "cmdline": "policy", "diff": "policy", "isolation": "verdict", "prove": "gate",
            "score": "verdict"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def includes(path):
    text = path.read_text()
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield line, match.group(2)


def floor_of(name):
    """The floor a header belongs to, or None when it is not one of ours."""
    parts = pathlib.PurePosixPath(name).parts
    if parts[0] == "p2ppolicy" and len(parts) == 2:
        stem = parts[1].removesuffix(".h")
        return FLOOR_OF.get(stem, stem if stem in FLOORS else None)
    return parts[0] if len(parts) > 1 and parts[0] in FLOORS else None


def check_library(root):
    for floor in FLOORS:
        for path in sorted((root / floor).glob("*.[ch]")):
            for line, name in includes(path):
                if name == "p2ppolicy.h":
                    yield f"{path}:{line}: includes the whole public face, not its floors"
                other = floor_of(name)
                if other and FLOORS.index(other) > FLOORS.index(floor):
                    yield f"{path}:{line}: floor {floor} looks up to {other} ({name})"


def check_public(root):
    for path in sorted((root / "p2ppolicy").glob("*.h")):
        for line, name in includes(path):
            if "/" in name and not name.startswith("p2ppolicy/"):
                yield f"{path}:{line}: a public header includes a private one ({name})"
            other = floor_of(name)
            own = floor_of(f"p2ppolicy/{path.name}")
            # A second header of a floor may build on its sisters.
            same = other == own and path.stem in FLOOR_OF
            if other and not same and FLOORS.index(other) >= FLOORS.index(own):
                yield f"{path}:{line}: {path.stem}.h looks up to {other}"


def check_command(root, library):
    private = {p.name for floor in FLOORS for p in (library / floor).glob("*.h")}
    own = {p.name for p in root.rglob("*.h")}
    for path in sorted(root.rglob("*.[ch]")):
        for line, name in includes(path):
            base = pathlib.PurePosixPath(name).name
            if name.startswith("p2ppolicy/") or floor_of(name) or (base in private - own):
                yield f"{path}:{line}: the command includes {name}, not <p2ppolicy.h>"


def main():
    top = pathlib.Path(sys.argv[1])
    library = top / "src/libp2ppolicy"
    problems = [*check_library(library), *check_public(library),
                *check_command(top / "src/p2ptopo", library)]
    print("\n".join(problems) or "every floor looks down")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
