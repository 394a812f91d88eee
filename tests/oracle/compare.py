#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds the library against the oracle: every ordered pair, every rule set; and the rows that
p2ptopo prints against the library's, for one rule set a machine, another one each time.

Prints how many pairs were compared, and the first differences.  Exit status 1 if there are any,
77 if there was nothing to compare."""

import argparse
import os
import random
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "generate")]

import machine as capture
import p2poracle
import random_fabric
import sysfs
import tool


class Comparison:
    def __init__(self, binary, verdicts, rulesets, most):
        self.binary, self.verdicts = binary, verdicts
        self.rulesets, self.most = rulesets, most
        self.pairs = self.captures = self.wrong = 0
        self.told = []
        self.types = {}

    def differ(self, text):
        self.wrong += 1
        if len(self.told) < self.most:
            self.told.append(text)

    def compare(self, path, name):
        try:
            machine = capture.load(path)
        except capture.BadCapture as error:
            print("%s: not compared: %s" % (name, error))
            return
        ruleset = self.rulesets[self.captures % len(self.rulesets)]
        self.captures += 1
        try:
            answers = tool.verdicts(self.verdicts, path, self.rulesets)
            if tool.rows(self.binary, path, ruleset) != answers[ruleset]:
                self.differ("%s %s: the rows of pairs are not the library's" % (name, ruleset))
        except (tool.ToolFailed, ValueError, KeyError) as error:
            self.differ("%s: %s" % (name, error))
            return
        for ruleset in self.rulesets:
            self.compare_rows(machine, answers[ruleset], name, ruleset)

    def compare_rows(self, machine, answers, name, ruleset):
        for row in p2poracle.Oracle(machine, ruleset).answers():
            pair = row["provider"], row["client"]
            self.pairs += 1
            self.types[row["map_type"]] = self.types.get(row["map_type"], 0) + 1
            theirs = answers.pop(pair, None)
            if theirs is None:
                self.differ("%s %s: %s -> %s: no row" % (name, ruleset, *pair))
                continue
            if self.may_pass(machine, pair, theirs):
                row["map_type"], row["distance"] = "unknown", None
            wrong = [field for field in tool.FIELDS if theirs[field] != row[field]]
            if wrong:
                self.differ("%s %s: %s -> %s: %s" % (
                    name, ruleset, *pair, "; ".join(
                        "%s is %r, the oracle says %r" % (field, theirs[field], row[field])
                        for field in wrong)))
        for pair in answers:
            self.differ("%s %s: %s -> %s: a row too many" % (name, ruleset, *pair))

    @staticmethod
    def may_pass(machine, pair, theirs):
        """Where a dump lacks the bridges above a function, p2ptopo evaluates none of its pairs that
        leave what is known; the oracle tries what may be there, and is sometimes sure."""
        lost = any(machine.functions[name].lost for name in pair)
        return lost and (theirs["map_type"], theirs["distance"]) == ("unknown", None)

    def report(self):
        print("\n".join(self.told))
        kinds = ", ".join("%s %d" % item for item in sorted(self.types.items()))
        print("%d captures, %d rule sets, %d pairs compared (%s): %d differ"
              % (self.captures, len(self.rulesets), self.pairs, kinds, self.wrong))
        if not self.captures:
            return 77
        return 1 if self.wrong else 0


def as_added(functions, draw):
    """/proc/bus/pci/devices: none; as after a boot; or with some removed and found again at its end."""
    if draw.random() < 0.4:
        return {}
    again = [f for f in functions if draw.random() < draw.choice((0, 0.1, 0.5))]
    lines = ["%02x%02x\t%04x%04x\t0" % (f.bus, f.devfn, f.vendor, f.device)
             for f in [f for f in functions if f not in again] + again if draw.random() > 0.01]
    return {"proc/bus/pci/devices": ("\n".join(lines) + "\n").encode()}


def random_captures(seeds, folder):
    """Each random machine as a tree and as the dump lspci would make of it; and both again
    without some of the functions, as a container or `lspci -s` shows a machine."""
    for seed in seeds:
        machine = random_fabric.make(seed)
        tree = sysfs.Tree(machine).files
        chance = random.Random(seed)
        functions = list(machine.functions())
        tree.update(as_added(functions, random.Random("order %d" % seed)))
        some = [f for f in functions if chance.random() < 0.25]
        bridges = [f for f in some if f.kind]
        for name, content in (("tree", sysfs.tar_bytes(tree)),
                              ("dump", sysfs.dump(machine).encode()),
                              ("part-tree", sysfs.tar_bytes(sysfs.without(tree, bridges))),
                              ("part-dump", sysfs.dump(machine, some).encode())):
            path = os.path.join(folder, "random-%d-%s" % (seed, name))
            with open(path, "wb") as file:
                file.write(content)
            yield path
            os.unlink(path)


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="p2ptopo")
    parser.add_argument("--verdicts", required=True, help="the program made of verdicts.c")
    parser.add_argument("--fixtures", help="folder of captured trees")
    parser.add_argument("--captures", help="folder of captures of real machines")
    parser.add_argument("--random", type=int, default=0, help="how many random fabrics")
    parser.add_argument("--seed", type=int, default=1, help="the first of them")
    parser.add_argument("--rules", default=",".join(p2poracle.RULES))
    parser.add_argument("--most", type=int, default=20, help="differences to print")
    parser.add_argument("paths", nargs="*", help="more captures")
    return parser.parse_args()


def main():
    wanted = options()
    work = Comparison(wanted.binary, wanted.verdicts, wanted.rules.split(","), wanted.most)
    paths = list(wanted.paths)
    if wanted.fixtures:
        paths += tool.fixtures(wanted.fixtures)
    if wanted.captures:
        paths += tool.shared_captures(wanted.captures)
    for path in paths:
        work.compare(path, "/".join(path.split("/")[-2:]))
    with tempfile.TemporaryDirectory() as folder:
        for path in random_captures(range(wanted.seed, wanted.seed + wanted.random), folder):
            work.compare(path, os.path.basename(path))
    return work.report()


if __name__ == "__main__":
    sys.exit(main())
