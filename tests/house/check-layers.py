#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A floor includes only floors below it; the command includes only the private faces.

<p2ppolicy.h>, the public face, stands below all floors: it has the words they share, and includes
nothing of ours.  The floor `public` implements it on top of the others.  The files in p2ppolicy/
are private faces, one or more for each floor; they are not installed.

JSON that somebody else wrote has one parser, base/json-read.c, and JSON of ours one writer,
base/json-write.c, which misses nothing that there was no memory for; base/text.c does so for text."""
import pathlib
import re
import sys

FLOORS = ["base", "snapshot", "topology", "verdict", "policy", "gate", "public"]
# A floor whose private face is more than one header.
FLOOR_OF = {"advice": "policy", "apply": "gate", "change": "topology", "check": "policy",
            "cmdline": "policy", "diff": "policy", "facts": "topology", "guest": "snapshot", "isolation": "verdict",
            "json": "base", "measured": "policy", "prove": "gate",
            "score": "verdict", "stack": "topology", "ways": "verdict"}
# Faces that name things, and include nothing but base.h.
WORDS = {"p2ppolicy/stack.h"}
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
        for path in sorted((root / floor).rglob("*.[ch]")):
            for line, name in includes(path):
                if name == "p2ppolicy/all.h":
                    yield f"{path}:{line}: includes the faces of all floors, not those below"
                if name == "p2ppolicy.h" and floor not in ("base", "public"):
                    yield f"{path}:{line}: p2ppolicy/base.h has the public face"
                other = floor_of(name)
                if other and FLOORS.index(other) > FLOORS.index(floor):
                    yield f"{path}:{line}: floor {floor} looks up to {other} ({name})"


def check_public(root):
    path = root / "p2ppolicy.h"
    for line, name in includes(path):
        if name not in ("stdbool.h", "stddef.h", "stdint.h"):
            yield f"{path}:{line}: the public header includes {name}"


def check_faces(root):
    for path in sorted((root / "p2ppolicy").glob("*.h")):
        if path.name == "all.h":
            continue
        for line, name in includes(path):
            if "/" in name and not name.startswith(("p2ppolicy/", "json-c/")):
                yield f"{path}:{line}: the face of a floor includes its inside ({name})"
            if name == "p2ppolicy.h" and path.name != "base.h":
                yield f"{path}:{line}: p2ppolicy/base.h has the public face"
            other = floor_of(name)
            own = floor_of(f"p2ppolicy/{path.name}")
            # A second header of a floor may build on its sisters, and its first on a list of words.
            same = other == own and (path.stem in FLOOR_OF or name in WORDS)
            if other and not same and FLOORS.index(other) >= FLOORS.index(own):
                yield f"{path}:{line}: {path.stem}.h looks up to {other}"


def check_command(root, library):
    # The command has libhwloc's header, too, which is called as one of the snapshot floor is.
    private = {p.name for floor in FLOORS for p in (library / floor).rglob("*.h")}
    own = {p.name for p in root.rglob("*.h")}
    for path in sorted(root.rglob("*.[ch]")):
        for line, name in includes(path):
            base = pathlib.PurePosixPath(name).name
            face = name in ("p2ppolicy/all.h", "hwloc.h")
            if not face and (name == "p2ppolicy.h" or name.startswith("p2ppolicy/") or
                             floor_of(name) or (base in private - own)):
                yield f"{path}:{line}: the command includes {name}, not <p2ppolicy/all.h>"


# What libraries leave out in silence when there is no memory for it, who may call it, and what others call.
CHECKED = [(r"json_tokener_\w+|json_object_from_\w+", [], "base/json-read.h"),
           (r"\bjson_object_(new_\w+|(array|object)_(add|put)\w*|to_json_string\w*)(?=\()",
            ["json-read.c", "json-scalar.c", "json-write.c"], "p2ppolicy/json.h"),
           (r"\bopen_memstream(?=\()", [], "p2p_text_open() of p2ppolicy/base.h")]


def check_callers(root):
    for path in sorted(root.rglob("*.[ch]")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        for pattern, callers, instead in CHECKED:
            found = re.search(pattern, text)
            if found and path.name not in callers:
                yield f"{path}: {found.group()}(): use {instead}"


def main():
    top = pathlib.Path(sys.argv[1])
    library = top / "src/libp2ppolicy"
    problems = [*check_library(library), *check_public(library), *check_faces(library),
                *check_callers(top / "src"),
                *check_command(top / "src/p2ptopo", library)]
    print("\n".join(problems) or "every floor looks down")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
