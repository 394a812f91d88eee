#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare what a kernel answered with what p2ptopo said.

agree.py [--unknown-ok] WHAT DISTANCES PAIRS.jsonl [MAP]

DISTANCES: lines "provider client distance"; MAP: lines "provider client type how", and remarks after a #; PAIRS.jsonl: the
output of `p2ptopo pairs --all --jsonl`. Both sides must speak of the same pairs. One difference is a failure (exit status 1).
--unknown-ok: p2ptopo may say unknown (the capture lacks a fact that the kernel had); that is counted and printed.
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
        self.same = self.unknown = 0
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
        return f"{text}, {len(self.bad)} different"


def main(arguments):
    unknown_ok = "--unknown-ok" in arguments
    arguments = [word for word in arguments if word != "--unknown-ok"]
    if len(arguments) not in (3, 4):
        print(__doc__, file=sys.stderr)
        return 2
    what, distances, jsonl = arguments[:3]
    pairs = read_pairs(jsonl)
    asked = set()
    distance, types = Count(unknown_ok), Count(unknown_ok)
    for provider, client, value in read_lines(distances):
        pair = (provider, client)
        asked.add(pair)
        if pair not in pairs:
            distance.bad.append(f"{provider} {client}: p2ptopo has no such pair")
            continue
        ours = pairs[pair]["distance"]
        distance.compare(pair, "distance", int(value), ours, ours is None)
    distance.bad += [f"{a} {b}: only p2ptopo has this pair" for a, b in sorted(pairs.keys() - asked)]
    if len(arguments) == 4:
        for provider, client, value, _ in read_lines(arguments[3]):
            ours = pairs.get((provider, client), {}).get("map_type")
            types.compare((provider, client), "map type", value, ours, ours == "unknown")
    print(f"agreement {what}: distances of {len(asked)} pairs: {distance}; map types: {types}")
    for line in (distance.bad + types.bad)[:20]:
        print(f"  {line}")
    if distance.same == 0:
        print("  nothing was compared")
        return 1
    return 1 if distance.bad or types.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
