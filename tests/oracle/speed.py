#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A second statement of the speed model: bandwidth and latency of every pair whose facts are all
known, worked out from the registers that `tree --json` shows and the page p2ptopo-score(7).  Beside the captures
named it takes the machines of tests/generate/measured.py.

usage: speed.py P2PTOPO CAPTURE...

Routes and map types are taken from the row: other oracles hold those."""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "generate"))

import measured
import sysfs

INFINITE = float("inf")
# vendor, family, model: cut to 64 bytes; without relaxed ordering; between sockets written,
# read, both together; the root complex written, read
CPUS = {
    ("AuthenticAMD", 0x17, 0x31): (False, 18.75, 20, 20, INFINITE, 25.5, 25.5),
    ("AuthenticAMD", 0x17, 1): (False, 18.75, 20, 20, INFINITE, 6.5, 6.5),
    ("AuthenticAMD", 25, 17): (False, 18.75, 41, 41, 70, INFINITE, INFINITE),
    ("AuthenticAMD", 0x1a, 2): (False, 18.75, 50, 39, INFINITE, INFINITE, INFINITE),
    ("AuthenticAMD", 0x19, 0x18): (False, 18.75, 41, 41, 70, INFINITE, INFINITE),
    ("GenuineIntel", 6, 85): (True, INFINITE, 10, 10, INFINITE, INFINITE, INFINITE),
    ("GenuineIntel", 6, 0x4f): (True, INFINITE, 6, 0.2, INFINITE, 7.6, 3.4),
    ("GenuineIntel", 6, 0xcf): (True, 16, 40, 40, INFINITE, INFINITE, INFINITE),
}
UPSTREAM, DOWNSTREAM, CONVENTIONAL = "Upstream Port", "Downstream Port", "PCI-Express to PCI"


def carries(link, flit, payload):
    gtps, lanes = link["speed_mtps"] / 1000, link["width"]
    if flit or gtps >= 64:
        return gtps / 8 * lanes * 236 / 256 * payload / (payload + 16)
    code, around = (8 / 10, 24) if gtps < 8 else (128 / 130, 26)
    return gtps / 8 * lanes * code * 4 * payload / (4 * (payload + around) + 16)


class Machine:
    def __init__(self, tree):
        self.functions = {function["bdf"]: function for function in tree["functions"]}
        self.machine = tree["machine"]
        self.cpu = CPUS.get(tuple(self.machine[key] for key in
                                  ("cpu_vendor", "cpu_family", "cpu_model")))

    def chain(self, bdf):
        """The function and all above it, the topmost last."""
        while bdf:
            function = self.functions[bdf]
            yield function
            bdf = function["parent"]

    def kind(self, function):
        return (function["pcie"].get("type") or "") if function["pcie"]["present"] else ""

    def below_gpus(self, function):
        """Does nothing but graphics hang below?"""
        children = [f for f in self.functions.values() if f["parent"] == function["bdf"]]
        kinds = {f["class"] for f in [function] + children if f["header_type"] == 0}
        return "gpu" in kinds and not kinds & {"nic", "nvme", "accel", "switch"}

    def link(self, lower, port):
        ends = [end["pcie"] for end in (lower, port) if end["pcie"].get("link_now")]
        if len(ends) < 2:
            return ends[0]["link_now"]
        now, most = ({key: min(end[which][key] for end in ends) for key in ("speed_mtps", "width")}
                     for which in ("link_now", "link_most"))
        asleep = (lower["power_state"] or "D0") in ("D1", "D2", "D3hot", "D3cold")
        siblings = [f for f in self.functions.values() if f["parent"] == port["bdf"]]
        idle = asleep or self.below_gpus(lower) or any(f["class"] == "gpu" for f in siblings)
        return most if idle and now["width"] >= most["width"] else now

    def speed(self, row, op):
        """(GB/s, ns), or None where this has no opinion."""
        provider, client = row["provider"], row["client"]
        source, sink = (client, provider) if op == "write" else (provider, client)
        common = row["kernel"]["common"]
        routes = [row["fabric"]["request"]["route"]]
        if op == "read":
            routes.append(row["fabric"]["completion"]["route"])
        # The way of the drivers decides where one is taken; cases of its own hold that (ways).
        way = row["drivers"]["if_granted"] if row["drivers"]["granted"] != "refused" else None
        if way in ("direct", "root-complex"):
            root = not common or "redirected" in routes or way == "root-complex"
        else:
            root = not common or "redirected" in routes or (
                row["kernel"]["map_type"] == "thru_host_bridge" and self.machine["iommu"])
        if root and not self.cpu:
            return None
        return self.walk(source, sink, common, root, row, op)

    def walk(self, source, sink, common, root, row, op):
        client = self.functions[row["client"]]
        sides = []
        for end in (source, sink):
            above = list(self.chain(end))
            if not root:
                above = above[:[f["bdf"] for f in above].index(common)]
            sides.append(above)
        everything = sides[0] + sides[1] + ([] if root else [self.functions[common]])
        if any(CONVENTIONAL in self.kind(f) or not f["pcie"]["present"] for f in everything):
            return None
        payload = min(f["pcie"]["mps_bytes"] for f in everything)
        part = 0.95 if any(self.kind(f) == UPSTREAM for f in everything) else 1
        if root and client["iommu_type"] and client["iommu_type"] != "identity":
            part *= 0.85
        least, ns = INFINITE, 0
        for above, down in zip(sides, (False, True)):
            size = min(payload, 64) if root and down and self.cpu[0] else payload
            for lower in above:
                port = self.functions.get(lower["parent"])
                if self.kind(lower) == UPSTREAM:
                    ns += 115
                if not port or self.kind(port) == UPSTREAM or self.kind(lower) == DOWNSTREAM:
                    continue
                ns += 50
                least = min(least, part * carries(self.link(lower, port), lower["pcie"]["flit"],
                                                  size))
        if root:
            least, ns = self.cross_root(row, op, client, least, ns)
        elif self.kind(self.functions[common]) == UPSTREAM:
            ns += 115
        for name in (row["provider"], row["client"]):
            least = min(least, self.itself(self.functions[name], name == row["client"]))
        if op == "read":
            pcie, ns = client["pcie"], 2 * ns
            tags = 768 if pcie["tags_10bit"] else 256 if pcie["extended_tags"] else 32
            least = min(least, tags * pcie["mrrs_bytes"] / ns)
        return least, ns

    @staticmethod
    def itself(function, client):
        """What a device does whatever its link: Vega 20, and the ports of a NIC."""
        ids, most = (function["vendor"], function["device"]), INFINITE
        if ids[0] == "0x1002" and 0x66a0 <= int(ids[1], 16) <= 0x66af:
            most = 14.4
        if client and function["class"] == "nic" and isinstance(function["port_mbps"], int):
            most = min(most, function["port_mbps"] / 8000 * 0.98)
        return most

    def cross_root(self, row, op, client, least, ns):
        _, strict, write, read, both, root_write, root_read = self.cpu
        least = min(least, root_write if op == "write" else root_read)
        if not client["pcie"]["relaxed_ordering"]:
            least = min(least, strict)
        if row["relation"] == "SYS":
            least, ns = min(least, write if op == "write" else read, both), ns + 65
        return least, ns + 300


def ask(binary, capture, *arguments):
    done = subprocess.run([binary, "--from", capture, *arguments], capture_output=True, check=True)
    return done.stdout.decode()


def compare(binary, capture):
    machine = Machine(json.loads(ask(binary, capture, "tree", "--json")))
    compared, wrong = 0, []
    for line in ask(binary, capture, "pairs", "--jsonl", "--kernel", "next").splitlines()[1:]:
        row = json.loads(line)
        for op, speed in row["speed"].items():
            if not speed["known"] or speed["limit"] in ("refused", "blocked"):
                continue
            expected = machine.speed(row, op)
            if not expected:
                continue
            compared += 1
            if abs(expected[0] - speed["gbytes_per_second"]) > 0.002 or \
                    abs(expected[1] - speed["latency_ns"]) > 0.5:
                wrong.append("%s %s %s %s: %.3f GB/s %.0f ns, expected %.3f %.0f" % (
                    capture, op, row["client"], row["provider"], speed["gbytes_per_second"],
                    speed["latency_ns"], *expected))
    return compared, wrong


def measured_captures(folder):
    """The machines of tests/generate/measured.py, as captures in a folder."""
    for name, make in measured.MACHINES.items():
        path = os.path.join(folder, name + ".tar")
        sysfs.write_tar(sysfs.Tree(make()).files, path)
        yield path


def main():
    binary, captures = sys.argv[1], sys.argv[2:]
    compared, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        captures += measured_captures(folder)
        for capture in captures:
            count, differ = compare(binary, capture)
            compared, wrong = compared + count, wrong + differ
    print("\n".join(wrong[:20]))
    print("%d captures, %d speeds: %d differ" % (len(captures), compared, len(wrong)))
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
