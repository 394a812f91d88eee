#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What SECURITY.md says of the environment, as far as it stands in the sources: no program is started and no library loaded but libarchive,
the library asks for no variable, and the command for those that the page and the manual name."""
import pathlib
import re
import sys

STARTS = re.compile(r"\b(exec[lv]p?e?|execveat|fexecve|system|popen|posix_spawnp?|dlmopen|wordexp)\(|\bdlopen\((?!P2P_LIBARCHIVE,)")
ASKS = re.compile(r"\b(?:secure_)?getenv\(([^)]*)\)")
# They unpack by starting programs.
UNPACKS = re.compile(r"archive_(?:read|write)_(?:support|add|set)_filter_(?:all|program\w*|grzip|lrzip|lzop|by_code|uu|rpm)\b")


def check(top):
    asked = set()
    for path in sorted((top / "src").rglob("*.[ch]")):
        text = path.read_text()
        for found in (*STARTS.finditer(text), *UNPACKS.finditer(text)):
            yield f"{path}: {found[0]} may start a program"
        names = ASKS.findall(text)
        if names and "libp2ppolicy" in path.parts:
            yield f"{path}: the library reads the environment"
        asked |= set(names)
    if not all(re.fullmatch(r'"\w+"', name) for name in asked):
        yield f"a variable has no name of its own: {asked}"
    asked = {name.strip('"') for name in asked}
    paragraph = re.search(r"The command reads (.*?) and the character set", (top / "SECURITY.md").read_text(), re.S)[1]
    said = set(re.findall(r"`(\w+)`", paragraph))
    pages = " ".join(re.findall(r"^\.It Ev (.*)$", "".join(page.read_text() for page in (top / "man").glob("*.1")), re.M))
    yield from (f"{name}: read by the command, and SECURITY.md does not say so" for name in sorted(asked - said))
    yield from (f"{name}: SECURITY.md says it is read" for name in sorted(said - asked))
    yield from (f"{name}: in no page's ENVIRONMENT" for name in sorted(asked - set(pages.replace(",", " ").split())))


def main():
    problems = list(check(pathlib.Path(sys.argv[1])))
    print("\n".join(problems) or "the sources ask for what SECURITY.md says")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
