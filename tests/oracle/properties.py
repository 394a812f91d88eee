#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Properties that p2ptopo's answers have on every fixture, whatever the rule is:

  * hops are the same both ways;
  * a capture and the lspci -xxxx dump of it agree;
  * with any one fact less (a file away, a config cut to 256 or 64 bytes) an answer stays or
    becomes unknown: it is never a better one, nor another one."""

import argparse
import concurrent.futures
import functools
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import machine as capture
import tool

FACTS = ("vendor", "device", "class", "resource", "numa_node", "local_cpulist", "driver",
         "iommu_group", "physfn", "irq", "enable", "current_link_speed", "current_link_width",
         "secondary_bus_number", "subordinate_bus_number", "sriov_numvfs")
MACHINE_FACTS = ("proc/cpuinfo", "sys/devices/system/node", "sys/class/iommu", "manifest.json")


class Fixture:
    """A capture unpacked, so that facts can be taken away and put back."""

    def __init__(self, path, folder):
        self.top = os.path.join(folder, "tree")
        if os.path.isdir(path):
            shutil.copytree(path, self.top, symlinks=True)
        else:
            os.mkdir(self.top)
            subprocess.run(["tar", "-xf", path, "-C", self.top], check=True)
        self.root = self.top + "/" + capture.find_top(capture.DirectoryFiles(self.top))
        self.aside = os.path.join(folder, "aside")

    def functions(self):
        devices = self.root + capture.DEVICES
        return [os.path.realpath(os.path.join(devices, name))
                for name in sorted(os.listdir(devices))]

    def facts(self):
        """(name, how to take it away) for each single fact of the capture."""
        for name in MACHINE_FACTS:
            if os.path.lexists(self.root + name):
                yield name, lambda path=self.root + name: os.rename(path, self.aside)
        for folder in self.functions():
            label = os.path.basename(folder)
            for name in FACTS:
                path = os.path.join(folder, name)
                if os.path.lexists(path):
                    yield label + "/" + name, lambda path=path: os.rename(path, self.aside)
            path = os.path.join(folder, "config")
            if os.path.exists(path):
                for size in (256, 64, 0):
                    if os.path.getsize(path) > size:
                        yield ("%s/config cut to %d" % (label, size),
                               lambda path=path, size=size: self.cut(path, size))

    def cut(self, path, size):
        os.rename(path, self.aside)
        if size:
            with open(self.aside, "rb") as file:
                start = file.read(size)
            with open(path, "wb") as file:
                file.write(start)

    def without(self, name, take_away):
        """The path that take_away() moved aside, to be put back."""
        path = self.root + name if name in MACHINE_FACTS else None
        if path is None:
            label, file = name.split(" ")[0].split("/")
            path = os.path.join(os.path.realpath(self.root + capture.DEVICES + "/" + label), file)
        take_away()
        return path

    def put_back(self, path):
        if os.path.lexists(path):
            os.unlink(path)
        os.rename(self.aside, path)


class Properties:
    def __init__(self, binary, verdicts, ruleset, most):
        self.binary, self.verdicts = binary, verdicts
        self.ruleset, self.most = ruleset, most
        self.wrong, self.checked, self.texts = 0, 0, []

    def check(self, good, text):
        self.checked += 1
        if not good:
            self.wrong += 1
            if self.wrong <= self.most:
                self.texts.append(text)

    def symmetric(self, answers, name):
        for (provider, client), row in answers.items():
            self.check(answers[client, provider]["hops"] == row["hops"],
                       "%s: hops of %s -> %s differ from the way back" % (name, provider, client))

    def dump(self, fixture, answers, name, folder):
        path = os.path.join(folder, "dump.txt")
        with open(path, "wb") as file:
            subprocess.run(["lspci", "-D", "-n", "-xxxx", "-A", "linux-sysfs", "-O",
                            "sysfs.path=%ssys/bus/pci" % fixture.root], stdout=file,
                           stderr=subprocess.DEVNULL, check=True)
        for pair, row in tool.rows(self.binary, path, self.ruleset).items():
            there = answers.get(pair)
            if there is None:
                self.check(False, "%s: the dump has %s -> %s, the tree has not" % (name, *pair))
                continue
            ours, theirs = row["map_type"], there["map_type"]
            host = {"thru_host_bridge", "not_supported"}
            good = ours == theirs or ours == "unknown" and theirs in host
            self.check(good and row["hops"] == there["hops"],
                       "%s: %s -> %s: %s by the dump, %s by the tree" % (name, *pair, ours, theirs))

    def one_fact_less(self, fixture, answers, name):
        """Asked of one process of the library.  Rows that are printed as before need no second
        look."""
        with tool.Verdicts(self.verdicts, self.ruleset) as verdicts:
            printed = set(verdicts.lines(fixture.top))
            for fact, take_away in list(fixture.facts()):
                self.without(verdicts, fixture, fact, take_away, printed, answers, name)

    def without(self, verdicts, fixture, fact, take_away, printed, answers, name):
        path = fixture.without(fact, take_away)
        try:
            fewer = verdicts.lines(fixture.top)
            self.checked += len(fewer)
            changed = dict(tool.verdict(line)[1:] for line in fewer if line not in printed)
            self.never_better(answers, changed, "%s without %s" % (name, fact))
        except tool.ToolFailed as error:
            self.check(False, "%s without %s: %s" % (name, fact, error))
        finally:
            fixture.put_back(path)

    def never_better(self, answers, fewer, label):
        for pair, row in fewer.items():
            before = answers.get(pair)
            if before is None:
                continue
            self.check(row["map_type"] in ("unknown", before["map_type"]),
                       "%s: %s -> %s becomes %s, was %s"
                       % (label, *pair, row["map_type"], before["map_type"]))
            self.check(row["relation"] in (None, before["relation"]),
                       "%s: %s -> %s becomes %s, was %s"
                       % (label, *pair, row["relation"], before["relation"]))

    def fixture(self, path):
        name = "/".join(path.split("/")[-2:])
        with tempfile.TemporaryDirectory() as folder:
            fixture = Fixture(path, folder)
            answers = tool.rows(self.binary, fixture.top, self.ruleset)
            self.symmetric(answers, name)
            self.dump(fixture, answers, name, folder)
            self.one_fact_less(fixture, answers, name)


def hold(binary, verdicts, ruleset, most, path):
    """(checks made, checks failed, what the first said) for one capture."""
    work = Properties(binary, verdicts, ruleset, most)
    work.fixture(path)
    return work.checked, work.wrong, work.texts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--verdicts", required=True, help="the program of verdicts.c")
    parser.add_argument("--fixtures")
    parser.add_argument("--rules", default="7.3")
    parser.add_argument("--most", type=int, default=20)
    parser.add_argument("paths", nargs="*")
    wanted = parser.parse_args()
    paths = wanted.paths + (tool.fixtures(wanted.fixtures) if wanted.fixtures else [])
    wrong = 0
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for ruleset in wanted.rules.split(","):
            ask = functools.partial(hold, wanted.binary, wanted.verdicts, ruleset,
                                    wanted.most)
            results = list(pool.map(ask, paths))
            for path, (_, failed, texts) in zip(paths, results):
                wrong += failed
                print("".join("%s\n" % text for text in texts), end="")
            print("%s: %d captures, %d checks: %d fail" % (
                ruleset, len(paths), sum(checked for checked, _, _ in results), wrong))
    return 77 if not paths else 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
