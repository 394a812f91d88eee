#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""p2ptopo-score(7) has the table of constants that the library has, row by row; each constant is
used.  UPDATE=1 in the environment writes the table anew."""
import os
import pathlib
import re
import sys
import textwrap

FIRST, LAST = '.\\" The table, as check-score.py writes it.', '.\\" End of the table.'


def rows(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    form = r'CONSTANT\((\w+),\s*([\d.]+),\s*"([^"]*)",\s*((?:"[^"]*"\s*)+)\)'
    for name, value, unit, source in re.findall(form, text):
        yield name, value, unit, "".join(re.findall(r'"([^"]*)"', source))


def page_rows(text):
    for item in re.split(r"^\.It ", text, flags=re.M)[1:]:
        head, _, source = item.partition("\n")
        name, value, unit = re.fullmatch(r"Cm (\w+) No = ([\d.]+) ?(.*)", head).groups()
        yield name, value, unit, " ".join(source.replace("\\&", "").split())


def write(table):
    for name, value, unit, source in table:
        yield f".It Cm {name} No = {value} {unit}".rstrip()
        yield from textwrap.wrap(source, 95, break_long_words=False, break_on_hyphens=False)


def unused(top, names):
    code = "".join(path.read_text() for path in (top / "src/libp2ppolicy/verdict").rglob("*.c"))
    for name in names:
        if not re.search(r"\b(?:P2P_C_)?%s\b" % name, code):
            yield f"{name}: no code uses it"


def main():
    top = pathlib.Path(sys.argv[1])
    table = list(rows((top / "src/libp2ppolicy/verdict/score/constants.def").read_text()))
    page = top / "man/p2ptopo-score.7"
    before, rest = page.read_text().split(FIRST + "\n", 1)
    shown, after = rest.split(LAST + "\n", 1)
    if os.environ.get("UPDATE"):
        shown = "\n".join(write(table)) + "\n"
        page.write_text(before + FIRST + "\n" + shown + LAST + "\n" + after)
    found = list(page_rows(shown))
    problems = [f"{row}: not in the page" for row in table if row not in found]
    problems += [f"{row}: only in the page" for row in found if row not in table]
    problems += unused(top, [row[0] for row in table])
    if len({row[0] for row in table}) != len(table) or any(not row[3] for row in table):
        problems.append("a constant stands twice, or has no source")
    print("\n".join(problems) or f"{len(table)} constants agree")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
