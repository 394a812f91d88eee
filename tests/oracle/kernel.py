#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the oracle, and p2ptopo where it is given, against a real kernel on random machines.

The machines are replayed to a kernel in QEMU (tests/vm), which enumerates them and is asked
pci_p2pdma_distance_many() for every ordered pair.  Exit status 77: there is no such lab here."""

import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
VM = os.path.join(TESTS, "vm")
sys.path[:0] = [HERE, os.path.join(TESTS, "generate")]

import generate
import machine as capture
import p2poracle
import random_fabric
import tool

# The replay has its domains one higher: domain 0 is the guest's own.
SHIFT = 1


def shifted(name):
    domain, rest = name.split(":", 1)
    return "%04x:%s" % (int(domain, 16) - SHIFT, rest)


def recorded(path):
    """(provider, client) -> distance, for pairs of the replayed machine."""
    distances = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            provider, client, distance = line.split()[:3]
            if not provider.startswith("0000:") and not client.startswith("0000:"):
                distances[shifted(provider), shifted(client)] = int(distance)
    return distances


def boot(cpu, kernel, packed, out):
    """Replays all of `packed` in one boot; False if the lab is not there."""
    command = [os.path.join(VM, "run"), "-t", "900", "-o", out]
    for path in packed:
        command += ["-f", "%s:/lab/replay/%s" % (path, os.path.basename(path))]
    done = subprocess.run(command + ["replay-" + cpu, "replay", kernel], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode == 77:
        return False
    if done.returncode:
        sys.exit(done.stdout.decode("utf-8", "replace"))
    return True


def compare(name, real, answers, who, wrong):
    for pair in real.keys() ^ answers.keys():
        wrong.append("%s: %s -> %s: only %s has it"
                     % (name, *pair, "the kernel" if pair in real else who))
    for pair in real.keys() & answers.keys():
        if real[pair] != answers[pair]:
            wrong.append("%s: %s -> %s: the kernel says %d, %s says %s"
                         % (name, *pair, real[pair], who, answers[pair]))


def prepare(seeds, cpu, folder):
    """tree and packed form of each machine; a packed form that no kernel could see is an error."""
    made = {}
    for seed in seeds:
        machine = random_fabric.make(seed, whole=True)
        machine.cpu = cpu
        tree = os.path.join(folder, "%s-%d.tar" % (cpu, seed))
        packed = tree[:-4]
        generate.write(machine, tree)
        subprocess.run([sys.executable, os.path.join(VM, "replay.py"), "pack", tree, packed],
                       stdout=subprocess.DEVNULL, check=True)
        made[packed] = tree
    return made


def rules_of(kernel):
    """The newest rule set that is not newer than a kernel of the lab."""
    cache = os.environ.get("P2PTOPO_VM_CACHE") or os.path.expanduser("~/.cache/p2ptopo-vm")
    with open(os.path.join(cache, "kernels", kernel, "release"), encoding="ascii") as file:
        release = [int(part) for part in file.read().split(".")[:2]]
    numbered = [name for name in p2poracle.RULES if name[0].isdigit()]
    return max((name for name in numbered if [int(part) for part in name.split(".")] <= release),
               key=lambda name: [int(part) for part in name.split(".")])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kernel", default="stock-7", help="a kernel of tests/vm")
    parser.add_argument("--rules", help="the rule set of that kernel; else as its release says")
    parser.add_argument("--binary", help="p2ptopo, to be held against the kernel too")
    wanted = parser.parse_args()
    if not os.path.exists(os.path.join(VM, "replay.py")):
        print("no lab of real kernels here")
        return 77
    wrong, pairs = [], 0
    seeds = range(wanted.seed, wanted.seed + wanted.count)
    for cpu, share in (("amd", [s for s in seeds if s % 4 == 0]),
                       ("intel", [s for s in seeds if s % 4])):
        with tempfile.TemporaryDirectory() as folder:
            made = prepare(share, cpu, folder)
            if not boot(cpu, wanted.kernel, made, os.path.join(folder, "out")):
                return 77
            rules = wanted.rules or rules_of(wanted.kernel)
            for packed, tree in made.items():
                name = os.path.basename(packed)
                real = recorded(os.path.join(folder, "out", name + ".distances"))
                pairs += len(real)
                rows = p2poracle.Oracle(capture.load(tree), rules).answers()
                compare(name, real, {(row["provider"], row["client"]): row["distance"]
                                     for row in rows}, "the oracle", wrong)
                if wanted.binary:
                    compare(name, real, {pair: row["distance"] for pair, row in tool.rows(
                        wanted.binary, tree, rules).items()}, "p2ptopo", wrong)
    print("\n".join(wrong[:20]))
    print("%d machines, %d pairs asked of %s, held against rule set %s: %d differ"
          % (len(seeds), pairs, wanted.kernel, rules, len(wrong)))
    return 1 if wrong or not pairs else 0


if __name__ == "__main__":
    sys.exit(main())
