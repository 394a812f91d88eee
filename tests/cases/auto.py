#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Which rules hold when nobody names them: those of the recorded release, else the newest that is
released, and then the output says so.  The golden cases name a rule set instead.
"""
import json
import subprocess
import sys

from run import FIXTURES, newest_rules

UNRECORDED = FIXTURES / "generated-workstation/tree.tar.xz"


def ask(binary, *words):
    return subprocess.run([binary, "--pci-ids", FIXTURES / "pci.ids", "--from", UNRECORDED, *words],
                          capture_output=True, text=True, check=True).stdout


def main():
    binary = sys.argv[1]
    newest = newest_rules(binary)
    note = f"the rules of {newest}, the newest released, are used"
    problems = []
    for words in (["pairs"], ["matrix"], ["report"], ["near", "card0"], ["path", "card0", "eth0"]):
        said = " ".join(ask(binary, *words).split())
        if note not in said:
            problems.append(f"{' '.join(words)} does not say: {note}")
        if "newest released" in ask(binary, "--kernel", newest, *words):
            problems.append(f"{' '.join(words)} says it though --kernel {newest} was given")
    free, named = (json.loads(ask(binary, "--json", *words, "pairs"))
                   for words in ([], ["--kernel", newest]))
    if free["rules"] != newest or note not in free["rules_note"]:
        problems.append(f"the document says {free['rules']}: {free['rules_note']}")
    if free["pairs"] != named["pairs"]:
        problems.append(f"the verdicts are not those of --kernel {newest}")
    print("\n".join(problems) or f"{newest} stands in, and is said to")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
