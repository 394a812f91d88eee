#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
fixed.py promise FIX.JSON DISTANCES: the kernel says of each pair what fix promised.
fixed.py groups FIX.JSON BEFORE AFTER: and made the IOMMU groups that fix predicted.
fixed.py word FIX.JSON PARAMETER: the word for the kernel command line.
"""
import collections
import json
import sys


def distances(path):
    with open(path) as file:
        return {tuple(line.split()[:2]): int(line.split()[2]) for line in file}


def groups(path):
    """The groups of a kernel, as sets of addresses."""
    found = collections.defaultdict(set)
    with open(path) as file:
        for line in file:
            number, bdf = line.split()
            found[number].add(bdf)
    return {frozenset(members) for members in found.values()}


def promise(document, path):
    answers, pairs = distances(path), document["pairs"]
    for pair in pairs:
        wanted = pair["after"]["distance"]
        got = answers[pair["provider"], pair["client"]]
        if wanted is None or got != wanted:
            yield f"{pair['provider']} <- {pair['client']}: {got}, promised {wanted}"
    if not pairs or not document["registers"]:
        yield "nothing was promised"
    print(f"{len(pairs)} pairs as promised")


def predicted(document, before, after):
    changed = {frozenset(group["members"]) for group in document["isolation"]["changed"]}
    moved = set().union(*changed) if changed else set()
    # Groups that lose no member stay; what a changed group does not name was never in it.
    expected = changed | {group for group in groups(before) if not group & moved}
    got = groups(after)
    for group in sorted(map(sorted, expected - got)):
        yield f"predicted, and not made: {' '.join(group)}"
    for group in sorted(map(sorted, got - expected)):
        yield f"made, and not predicted: {' '.join(group)}"
    print(f"{len(got)} groups as predicted, {len(changed)} of them changed")


def main():
    verb, *paths = sys.argv[1:]
    with open(paths[0]) as file:
        document = json.load(file)
    if verb == "word":
        words = {row["name"]: row["word"] for row in document["parameters"]}
        print(words[paths[1]] or "")
        return 0 if words[paths[1]] else 1
    problems = list(promise(document, paths[1]) if verb == "promise" else
                    predicted(document, paths[1], paths[2]))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
