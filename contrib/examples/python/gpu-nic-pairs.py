#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A NIC for each GPU, from the document of `p2ptopo export complexes`: for launchers and device plugins.

    p2ptopo export complexes | gpu-nic-pairs.py [--unknown]

Prints GPU, NIC, complex, what the drivers deliver, and the lesser of the two bandwidths in GB/s.  Pairs
of which it is not known whether they are delivered are left out, unless --unknown is given; those that
are staged, refused or broken always are.  A Data Direct function stands for its adapter.  Exit status 3:
a GPU has no NIC."""
import argparse
import collections
import json
import sys

RANKS = {"link": 3, "direct": 2, "root-complex": 1, "unknown": 0}

Pair = collections.namedtuple("Pair", "gpu nic complex delivered gbytes")


def find(document, least):
    """The GPUs, and the pairs of one with a NIC that are good enough."""
    if document.get("format") != "p2ptopo-complexes" or document.get("version") != 1:
        raise SystemExit("not a document of p2ptopo export complexes, version 1")
    classes, adapters = {}, {}
    for one in document["complexes"]:
        classes.update((member["bdf"], member["class"]) for member in one["members"])
        adapters.update((row["data_direct"], row["adapter"]) for row in one["joined"])
    pairs = []
    for row in document["pairs"]:
        client = row["client"]
        delivered = row["drivers"]["delivered"]
        if classes[row["provider"]] != "gpu" or not (classes[client] == "nic" or client in adapters):
            continue
        if RANKS.get(delivered, -1) < least:
            continue
        gbytes = min(row["read_gbytes_per_second"] or 0, row["write_gbytes_per_second"] or 0)
        pairs.append(Pair(row["provider"], adapters.get(client, client), row["complex"], delivered, gbytes))
    return sorted(bdf for bdf, kind in classes.items() if kind == "gpu"), pairs


def choose(pairs):
    """One pair for each GPU: the best kind first, then the NIC with the fewest GPUs, then the fastest."""
    load, chosen = collections.Counter(), {}
    while True:
        left = [pair for pair in pairs if pair.gpu not in chosen]
        if not left:
            return chosen
        best = min(left, key=lambda pair: (-RANKS[pair.delivered], load[pair.nic], -pair.gbytes,
                                           pair.gpu, pair.nic))
        chosen[best.gpu] = best
        load[best.nic] += 1


def main():
    parser = argparse.ArgumentParser(description="A NIC for each GPU, from p2ptopo export complexes.")
    parser.add_argument("--unknown", action="store_true", help="take pairs that may be delivered, too")
    parser.add_argument("file", nargs="?", help="the document; standard input without it")
    options = parser.parse_args()
    with open(options.file, encoding="utf-8") if options.file else sys.stdin as file:
        gpus, pairs = find(json.load(file), 0 if options.unknown else 1)
    chosen = choose(pairs)
    for gpu in gpus:
        if gpu in chosen:
            pair = chosen[gpu]
            print(f"{pair.gpu} {pair.nic} {pair.complex} {pair.delivered} {pair.gbytes:.1f}")
        else:
            print(f"{gpu}: no NIC in its complex is known to be delivered", file=sys.stderr)
    return 0 if len(chosen) == len(gpus) else 3


if __name__ == "__main__":
    sys.exit(main())
