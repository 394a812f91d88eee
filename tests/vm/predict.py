#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold what `what-if` says of a capture against a machine really booted that way.

predict.py P2PTOPO BEFORE AFTER [OLD=NEW...] CHANGE...

BEFORE, AFTER: captures of both boots. OLD=NEW: an address before, and after (a card that was moved has another one). Every
ordered pair must have the relation, map type, distance, hops and routes that were predicted, every function the IOMMU group.
One difference is a failure (exit status 1).
"""
import json
import re
import subprocess
import sys

BDF = r"[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]"
ROUTES = ("request", "translated", "completion", "completion_relaxed")


def ask(binary, capture, *arguments):
    done = subprocess.run([binary, "--from", capture, "--json", *arguments], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def answer(row):
    kernel = row["kernel"]
    return (row["relation"], kernel["map_type"], kernel["distance"], kernel["hops"], *(row["fabric"][key]["route"] for key in ROUTES))


def pairs_of(rows):
    return {(row["provider"], row["client"]): answer(row) for row in rows}


def functions_of(node):
    """(address, group) of every function in the document of tree."""
    if isinstance(node, dict):
        if "bdf" in node and "iommu_group" in node:
            yield node["bdf"], node["iommu_group"]
        for value in node.values():
            yield from functions_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from functions_of(value)


def groups_of(document):
    members = {}
    for bdf, group in functions_of(document):
        if group is not None:
            members.setdefault(group, set()).add(bdf)
    return {frozenset(group) for group in members.values()}


def sets(groups):
    return {frozenset(member["function"] for member in group) for group in groups}


def predicted_groups(kept, whatif):
    gone, new = sets(whatif["groups"]["before"]), sets(whatif["groups"]["after"])
    # What is said of the groups before must be what that kernel made.
    wrong = [f"group {sorted(group)} is not in the capture" for group in gone - kept]
    wrong += [f"the group of {member['function']} is not predicted: {member['why']}" for member in whatif["groups"]["unknown_after"]]
    return kept - gone | new, wrong


def main(arguments):
    if len(arguments) < 4:
        print(__doc__, file=sys.stderr)
        return 2
    binary, before, after = arguments[:3]
    moved = dict(a.split("=") for a in arguments[3:] if re.fullmatch(f"{BDF}={BDF}", a))
    changes = [a for a in arguments[3:] if not re.fullmatch(f"{BDF}={BDF}", a)]
    whatif = ask(binary, before, "what-if", "--all", *changes)
    predicted = pairs_of(ask(binary, before, "pairs", "--all")["pairs"])
    was = dict(predicted)
    predicted.update(pairs_of(row["after"] for row in whatif["pairs"]))
    predicted = {(moved.get(a, a), moved.get(b, b)): value for (a, b), value in predicted.items()}
    real = pairs_of(ask(binary, after, "pairs", "--all")["pairs"])
    wrong = [f"{a} {b}: is {real.get((a, b))}, predicted {predicted.get((a, b))}"
             for a, b in sorted(predicted.keys() | real.keys()) if real.get((a, b)) != predicted.get((a, b))]
    groups, more = predicted_groups(groups_of(ask(binary, before, "tree")), whatif)
    groups = {frozenset(moved.get(bdf, bdf) for bdf in group) for group in groups}
    made = groups_of(ask(binary, after, "tree"))
    wrong += more + [f"group {sorted(group)} is not predicted" for group in made - groups]
    wrong += [f"group {sorted(group)} is predicted and was not made" for group in groups - made]
    changed = sum(was[pair] != answer(row["after"]) for row in whatif["pairs"]
                  for pair in [(row["before"]["provider"], row["before"]["client"])])
    print(f"what-if {' '.join(changes)}: {len(real)} pairs, {changed} of them changed, {len(made)} groups, {len(wrong)} differences")
    for line in wrong[:20]:
        print(f"  {line}")
    return 1 if wrong or not real else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
