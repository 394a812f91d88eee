#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare what a kernel answered with what p2ptopo said.

agree.py [--replay INFO.json] WHAT DISTANCES PAIRS.jsonl [MAP]

DISTANCES: lines "provider client distance"; MAP: lines "provider client type how", and remarks after a #; PAIRS.jsonl: the
output of `p2ptopo pairs --all --jsonl`. Both sides must speak of the same pairs. One difference is a failure (exit status 1).
--replay: a capture that replay.py packed. Where it does not name its CPU, p2ptopo may say unknown; in a dump of some of a
machine's functions a kernel may not find all of them. Both are counted and printed.
"""
import json
import sys


def read_lines(path):
    with open(path, encoding="ascii") as file:
        for line in file:
            if not line.startswith("#") and line.strip():
                yield line.split()


def read_pairs(path):
    pairs = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if "provider" in row:
                pairs[row["provider"], row["client"]] = row["kernel"]
    return pairs


class Count:
    def __init__(self, unknown_ok):
        self.unknown_ok = unknown_ok
        self.same = self.unknown = self.aliased = 0
        self.bad = []

    def compare(self, pair, field, kernel, ours, unknown):
        if ours == kernel:
            self.same += 1
        elif unknown and self.unknown_ok:
            self.unknown += 1
        else:
            self.bad.append(f"{pair[0]} {pair[1]}: {field} is {kernel}, p2ptopo says {ours}")

    def __str__(self):
        text = f"{self.same} equal"
        if self.unknown:
            text += f", {self.unknown} unknown to p2ptopo"
        if self.aliased:
            text += f", {self.aliased} where the kernel takes two clients for one"
        return f"{text}, {len(self.bad)} different"


def replayed(path):
    """(may be unknown, functions the kernel may fail to find) of a replay"""
    with open(path, encoding="utf-8") as file:
        info = json.load(file)
    no_cpu = info["cpu"] in (None, "other")
    return no_cpu, set(info["clients"]) if no_cpu else set()


def compare(distances, maps, pairs, unknown_ok, optional):
    """Counts of the distances and of the map types, the pairs asked, and the functions that the kernel did not find."""
    distance, types = Count(unknown_ok), Count(unknown_ok)
    asked = set()
    for provider, client, value in distances:
        asked.add((provider, client))
        if (provider, client) not in pairs:
            distance.bad.append(f"{provider} {client}: p2ptopo has no such pair")
            continue
        ours = pairs[provider, client]["distance"]
        distance.compare((provider, client), "distance", int(value), ours, ours is None)
        # Even an unknown verdict has counted the hops, and they are the distance of a pair that is let through.
        if ours is None and int(value) not in (-1, pairs[provider, client]["hops"]):
            distance.bad.append(f"{provider} {client}: distance is {value}, p2ptopo counts {pairs[provider, client]['hops']}")
    found = {provider for provider, _ in asked}
    missed = {provider for provider, _ in pairs} & optional - found
    distance.bad += [f"{a} {b}: only p2ptopo has this pair" for a, b in sorted(pairs.keys() - asked)
                     if not missed & {a, b}]
    for provider, client, value, how in maps:
        if how == "aliased":
            types.aliased += 1
            continue
        ours = pairs.get((provider, client), {}).get("map_type")
        types.compare((provider, client), "map type", value, ours, ours == "unknown")
    return distance, types, asked, missed


def main(arguments):
    unknown_ok, optional = False, set()
    if arguments[:1] == ["--replay"]:
        unknown_ok, optional = replayed(arguments[1])
        arguments = arguments[2:]
    if len(arguments) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    what, distances, jsonl = arguments[:3]
    maps = read_lines(arguments[3]) if len(arguments) == 4 else ()
    distance, types, asked, missed = compare(read_lines(distances), maps, read_pairs(jsonl), unknown_ok, optional)
    print(f"agreement {what}: distances of {len(asked)} pairs: {distance}", end="")
    print(f"; map types: {types}" if len(arguments) == 4 else "", end="")
    print(f"; {len(missed)} functions not found by the kernel" if missed else "")
    for line in (distance.bad + types.bad)[:20]:
        print(f"  {line}")
    if not asked and not missed:
        print("  nothing was compared")
        return 1
    return 1 if distance.bad or types.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
