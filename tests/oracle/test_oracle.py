#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The oracle against answers worked out by hand, and against mutants of itself: every vector
is failed by some mutant, and every mutant fails some vector, so each of them means something."""

import io
import json
import os
import re
import sys
import tarfile
import types
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "generate")]

import machine as capture
import p2poracle
import shapes
import sysfs
from configspace import *
from fabric import Fabric

CLEAN, RR, CR, EC, REDIRECT = 0x00, 0x04, 0x08, 0x20, 0x1d
NOT_LISTED, LISTED, LISTED_SAME = (0x8086, 0x29c0), (0x8086, 0x2020), (0x8086, 0x3c00)
BUS, THRU, NO, UNKNOWN = "bus_addr", "thru_host_bridge", "not_supported", "unknown"


def load(files):
    tar = io.BytesIO(sysfs.tar_bytes(files))
    with tarfile.open(fileobj=tar) as archive:
        return capture.read_tree(capture.TarFiles(archive))


def machine_of(fabric):
    return load(sysfs.Tree(fabric).files)


def ask(machine, provider, client, ruleset="7.3", oracle=p2poracle):
    functions = machine.functions
    return oracle.Oracle(machine, ruleset).answer(functions[provider], functions[client])


# -- fabrics of the vectors; each returns (fabric, provider, client) ----------------------

def host_of(fabric, root=NOT_LISTED, bus=0):
    host = fabric.host(bus=bus)
    host.endpoint(0, "hostbridge", ids=root, config_size=256)
    return host


def two_behind_switch(cpu="intel", root=NOT_LISTED, above=None, up=None, first=CLEAN, second=CLEAN,
                      one=None, two=None, deeper=False):
    fabric = Fabric(cpu=cpu)
    upper = host_of(fabric, root).port(ROOT_PORT, 0x08, acs=above).port(UPSTREAM, 0, acs=up)
    ends = []
    for slot, port, end in ((0, first, one), (1, second, two)):
        below = upper.port(DOWNSTREAM, slot << 3, acs=port)
        if deeper:
            below = below.port(UPSTREAM, 0).port(DOWNSTREAM, 0, acs=CLEAN)
        ends.append(below.endpoint(0, "nvme", acs=end))
    return fabric, *ends


def two_functions(cpu="intel", port=CLEAN, one=None, two=None):
    fabric = Fabric(cpu=cpu)
    below = host_of(fabric).port(ROOT_PORT, 0x08, acs=port)
    return fabric, below.endpoint(0, "gpu", acs=one), below.endpoint(1, "hdmi", acs=two)


def same_function(cpu="intel", own=None):
    fabric = Fabric(cpu=cpu)
    only = host_of(fabric).port(ROOT_PORT, 0x08, acs=CLEAN).endpoint(0, "nic", acs=own)
    return fabric, only, only


def two_root_ports(cpu="intel", root=NOT_LISTED, port=CLEAN):
    fabric = Fabric(cpu=cpu)
    host = host_of(fabric, root)
    ends = [host.port(ROOT_PORT, slot << 3, acs=port).endpoint(0, "nvme") for slot in (1, 2)]
    return fabric, *ends


def two_host_bridges(one, two, cpu="intel"):
    fabric = Fabric(cpu=cpu)
    ends = [host_of(fabric, root, bus).port(ROOT_PORT, 0x08).endpoint(0, "nvme")
            for root, bus in ((one, 0), (two, 0x40))]
    return fabric, *ends


def two_integrated(cpu):
    fabric = Fabric(cpu=cpu)
    host = host_of(fabric)
    return fabric, host.endpoint(0x10, "fpga"), host.endpoint(0x11, "fpga")


# name: made by, with, map type, distance, hops
VECTORS = {
    "one switch, clean": (two_behind_switch, {}, BUS, 4),
    "RR at the provider's port": (two_behind_switch, {"first": RR}, NO, 4),
    "CR at the provider's port": (two_behind_switch, {"first": CR}, NO, 4),
    "EC at the provider's port": (two_behind_switch, {"first": EC}, NO, 4),
    "RR at the client's port": (two_behind_switch, {"second": RR}, NO, 4),
    "CR at the client's port": (two_behind_switch, {"second": CR}, NO, 4),
    "EC at the client's port": (two_behind_switch, {"second": EC}, NO, 4),
    "RR at the provider": (two_behind_switch, {"one": RR}, NO, 4),
    "RR at the client": (two_behind_switch, {"two": RR}, NO, 4),
    "RR at the common port": (two_behind_switch, {"up": RR}, NO, 4),
    "other bits": (two_behind_switch, {"first": 0x1fd3, "second": 0x1fd3}, BUS, 4),
    "redirect, Zen": (two_behind_switch, {"first": RR, "cpu": "amd"}, THRU, 4),
    "redirect, older AMD": (two_behind_switch, {"first": RR, "cpu": "amd-old"}, NO, 4),
    "redirect, Hygon": (two_behind_switch, {"first": RR, "cpu": "hygon"}, NO, 4),
    "redirect, listed": (two_behind_switch, {"first": RR, "root": LISTED}, THRU, 4),
    "redirect, listed same": (two_behind_switch, {"first": RR, "root": LISTED_SAME}, THRU, 4),
    "redirect above only": (two_behind_switch, {"above": 0x0c}, BUS, 4),
    "functions of one port": (two_functions, {}, BUS, 2),
    "RR on their port": (two_functions, {"port": RR}, NO, 2),
    "RR on their port, Zen": (two_functions, {"port": RR, "cpu": "amd"}, THRU, 2),
    "one function": (same_function, {}, BUS, 0),
    "one function, its own RR": (same_function, {"own": RR}, NO, 0),
    "one function, its own RR, Zen": (same_function, {"own": RR, "cpu": "amd"}, THRU, 0),
    "root ports": (two_root_ports, {}, NO, 4),
    "root ports, listed": (two_root_ports, {"root": LISTED}, THRU, 4),
    "root ports, listed same": (two_root_ports, {"root": LISTED_SAME}, THRU, 4),
    "root ports, Zen": (two_root_ports, {"cpu": "amd"}, THRU, 4),
    "root ports, RR, listed": (two_root_ports, {"root": LISTED, "port": RR}, THRU, 4),
    "host bridges": (two_host_bridges, {"one": LISTED, "two": LISTED}, THRU, 4),
    "host bridges, one same": (two_host_bridges, {"one": LISTED, "two": LISTED_SAME}, NO, 4),
    "host bridges, both same": (two_host_bridges,
                                {"one": LISTED_SAME, "two": LISTED_SAME}, NO, 4),
    "host bridges, one unlisted": (two_host_bridges, {"one": NOT_LISTED, "two": LISTED}, NO, 4),
    "integrated, Zen": (two_integrated, {"cpu": "amd"}, THRU, 2),
    "integrated": (two_integrated, {"cpu": "intel"}, NO, 2),
    "two switches on each side": (two_behind_switch, {"deeper": True}, BUS, 8),
}

MUTANTS = [
    ("ACS_RR, ACS_CR, ACS_EC = 0x04,", "ACS_RR, ACS_CR, ACS_EC = 0x00,"),
    ("ACS_CR, ACS_EC = 0x04, 0x08", "ACS_CR, ACS_EC = 0x04, 0x00"),
    ("= 0x04, 0x08, 0x20", "= 0x04, 0x08, 0x00"),
    ("= 0x04, 0x08, 0x20", "= 0x04, 0x08, 0x7f"),
    ("if self.control(a, world, mask):",
     "if a is not self.provider and self.control(a, world, mask):"),
    ("while bb is not self.common:\n", "while False:\n"),
    ("            while bb is not self.common:", "            while bb:"),
    ("if bb:\n                self.common = a\n                break",
     "if bb and up(bb):\n                self.common = a\n                break"),
    ("if not allowed:", "if not allowed or redirects and not common:"),
    ("return None not in (world.passes[one], world.passes[two])",
     "return world.passes[one] == ANY"),
    ("return world.passes[one] == ANY and", "return world.passes[one] and"),
    ("and world.passes[two] == ANY", ""),
    ("if world.above != APART:", "if True:"),
    ("allowed = world.zen or", "allowed ="),
    ("allowed = world.zen or self", "allowed = world.zen or not self"),
    ("allowed = world.zen or", "allowed = True or"),
    ("if common and not redirects:", "if common and not redirects and hops:"),
    ("if common and not redirects:", "if common and (not redirects or not hops):"),
    ("if common and not redirects:", "if not redirects:"),
    ("if common and not redirects:", "if False:"),
    ("dist_b = 0\n            if self", "if self"),
]


def mutant(old, new):
    with open(p2poracle.__file__, encoding="ascii") as file:
        text = file.read()
    assert text.count(old) == 1, old
    module = types.ModuleType("mutant")
    exec(compile(text.replace(old, new), "mutant", "exec"), module.__dict__)
    return module


class Vectors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cases = {}
        for name, (make, options, map_type, hops) in VECTORS.items():
            fabric, provider, client = make(**options)
            cls.cases[name] = (machine_of(fabric), provider.name, client.name, map_type, hops)

    def right(self, name, oracle):
        machine, provider, client, map_type, hops = self.cases[name]
        there = ask(machine, provider, client, oracle=oracle)
        back = ask(machine, client, provider, oracle=oracle)
        distance = -1 if map_type == NO else hops
        return all((row["map_type"], row["distance"], row["hops"]) == (map_type, distance, hops)
                   for row in (there, back))

    def test_vectors(self):
        for name in VECTORS:
            with self.subTest(name):
                self.assertTrue(self.right(name, p2poracle))

    def test_each_can_fail(self):
        failed = set()
        for old, new in MUTANTS:
            module = mutant(old, new)
            killers = {name for name in VECTORS if self.fails(name, module)}
            with self.subTest(mutant=new):
                self.assertTrue(killers)
            failed |= killers
        self.assertEqual(set(VECTORS) - failed, set())

    def fails(self, name, module):
        try:
            return not self.right(name, module)
        except (AttributeError, IndexError, KeyError, TypeError):
            return True


class Releases(unittest.TestCase):
    """One fabric under many rule sets."""

    def across(self, made, expected):
        fabric, provider, client = made
        machine = machine_of(fabric)
        for ruleset, answer in expected.items():
            row = ask(machine, provider.name, client.name, ruleset)
            with self.subTest(ruleset):
                self.assertEqual((row["map_type"], row["distance"]), answer)

    def test_first_release_never_crosses(self):
        self.across(two_root_ports(cpu="amd", root=(0x1022, 0x1450)), {
            "4.20": (NO, -1), "5.4": (THRU, 4), "5.10": (THRU, 4)})
        self.across(two_root_ports(root=(0x1022, 0x1450)), {"5.4": (THRU, 4), "5.10": (NO, -1)})

    def test_redirect_was_final_before_5_4(self):
        self.across(two_behind_switch(root=(0x1022, 0x1450), first=RR), {
            "4.20": (NO, -1), "5.2": (NO, -1), "5.4": (THRU, 4)})

    def test_rows_come_and_go(self):
        for root, since in (((0x8086, 0x3c00), "5.4"), ((0x8086, 0x2033), "5.10"),
                            ((0x8086, 0x09a2), "5.19"), ((0x1ae0, 0x0001), "7.1"),
                            ((0x8086, 0x4948), "7.2"), ((0x10de, 0x2f98), "7.3"),
                            ((0x8086, 0x6f00), "next"), ((0x1ded, 0x8000), "next")):
            order = list(p2poracle.RULES)
            expected = {name: (THRU, 4) if order.index(name) >= order.index(since) else (NO, -1)
                        for name in order}
            self.across(two_root_ports(root=root), expected)

    def test_iommu_of_5_2(self):
        """A group shows an IOMMU; without one it is not known, and only 5.2 asks."""
        fabric, provider, client = two_root_ports(root=(0x1022, 0x1450))
        self.across((fabric, provider, client), {"5.2": (UNKNOWN, None), "5.4": (THRU, 4)})
        fabric.iommu = True
        self.across((fabric, provider, client), {"5.2": (NO, -1), "5.4": (THRU, 4)})
        machine = machine_of(two_root_ports(root=(0x1022, 0x1450))[0])
        oracle = p2poracle.Oracle(machine, "5.2")
        oracle.iommu = (False,)
        functions = machine.functions
        row = oracle.answer(functions[provider.name], functions[client.name])
        self.assertEqual((row["map_type"], row["distance"]), (THRU, 0x1004))

    def test_root_device(self):
        """A root port that is not 00.0 counts from 5.19 on; another function never does."""
        for devfn, kind, expected in ((0x08, "port", {"5.15": NO, "5.19": THRU, "7.3": THRU}),
                                      (0x00, "port", {"5.15": THRU, "7.3": THRU}),
                                      (0x01, "port", {"5.15": NO, "7.3": THRU}),
                                      (0x08, "dsa", {"5.15": NO, "5.19": NO, "7.3": NO})):
            fabric = Fabric()
            host = fabric.host()
            if kind == "port":
                first = host.port(ROOT_PORT, devfn, ids=(0x8086, 0x2030), acs=CLEAN)
            else:
                host.endpoint(devfn, kind, ids=(0x8086, 0x2030))
                first = host.port(ROOT_PORT, 0x18, ids=NOT_LISTED)
            one = first.endpoint(0, "nvme")
            two = host.port(ROOT_PORT, 0x20, ids=NOT_LISTED).endpoint(0, "nvme")
            machine = machine_of(fabric)
            for ruleset, map_type in expected.items():
                with self.subTest(devfn=devfn, kind=kind, ruleset=ruleset):
                    self.assertEqual(ask(machine, one.name, two.name, ruleset)["map_type"],
                                     map_type)

    def test_root_port_unread(self):
        """Listed, first, not 00.0, and its port type cannot be seen: both are possible."""
        for ids, map_type in (((0x8086, 0x2030), UNKNOWN), (NOT_LISTED, NO)):
            fabric = Fabric()
            host = fabric.host()
            one = host.port(ROOT_PORT, 0x08, ids=ids, config_size=64).endpoint(0, "nvme")
            two = host.port(ROOT_PORT, 0x10, ids=NOT_LISTED).endpoint(0, "nvme")
            row = ask(machine_of(fabric), one.name, two.name)
            self.assertEqual(row["map_type"], map_type)

    def test_tlp(self):
        deep = {"deeper": True}
        for options, map_type, listed in (
                ({"first": CR}, NO, "first"), ({"second": RR}, NO, "second"),
                ({"second": EC}, NO, "second"), ({"first": RR}, BUS, None),
                ({"second": CR}, BUS, None), ({"up": RR | CR}, BUS, None),
                ({"one": CR} | deep, BUS, None), ({"second": RR, "cpu": "amd"}, THRU, "second")):
            fabric, provider, client = two_behind_switch(**options)
            row = ask(machine_of(fabric), provider.name, client.name, "tlp")
            with self.subTest(str(options)):
                self.assertEqual(row["map_type"], map_type)
                name = {"first": "0000:02:00.0", "second": "0000:02:01.0"}.get(listed)
                self.assertEqual(row["acs_redirect"], [name] if name else [])
        fabric, only, _ = same_function(own=REDIRECT)
        self.assertEqual(ask(machine_of(fabric), only.name, only.name, "tlp")["map_type"], BUS)


class Lists(unittest.TestCase):
    def test_order(self):
        fabric, provider, client = two_behind_switch(up=RR, first=RR, second=CR, one=EC, two=RR,
                                                     above=RR)
        machine = machine_of(fabric)
        upper, first, second = "0000:01:00.0", "0000:02:00.0", "0000:02:01.0"
        self.assertEqual(ask(machine, provider.name, client.name)["acs_redirect"],
                         [provider.name, first, upper, client.name, second])
        self.assertEqual(ask(machine, client.name, provider.name)["acs_redirect"],
                         [client.name, second, upper, provider.name, first])

    def test_empty(self):
        fabric, provider, client = two_root_ports(port=REDIRECT)
        self.assertEqual(ask(machine_of(fabric), provider.name, client.name)["acs_redirect"], [])

    def test_known_beside_unknown(self):
        """One port redirects for certain, so the unknown one changes nothing."""
        fabric, provider, client = two_behind_switch(first=RR, second=CLEAN)
        client.above.config_size = 64
        row = ask(machine_of(fabric), provider.name, client.name)
        self.assertEqual((row["map_type"], row["acs_redirect"]), (NO, ["0000:02:00.0"]))


class Config(unittest.TestCase):
    def function(self, config, size=None, physfn=None):
        function = capture.Function("0000:01:00.0")
        function.config, function.config_size, function.physfn = bytes(config), size, physfn
        return function

    def space(self, extended, express=True):
        config = header(0x8086, 1, 0x020000, 0)
        standard_chain(config, [power_management()] + ([pcie(ENDPOINT)] if express else []))
        extended_chain(config, extended)
        return config

    def control(self, *arguments, **options):
        return p2poracle.acs_control(self.function(*arguments, **options))

    def test_sizes(self):
        express = self.space([acs(RR)])
        plain = self.space([], express=False)
        self.assertEqual(self.control(express), RR)
        self.assertEqual(self.control(express[:64]), UNKNOWN)
        self.assertEqual(self.control(plain[:64]), UNKNOWN)
        self.assertEqual(self.control(express[:256]), UNKNOWN)
        self.assertEqual(self.control(express[:256], size=4096), UNKNOWN)
        self.assertEqual(self.control(express[:256], size=256), "absent")
        self.assertEqual(self.control(plain[:256]), "absent")
        self.assertEqual(self.control(plain[:256], physfn="0000:01:00.1"), UNKNOWN)
        self.assertEqual(self.control(b"\xff" * 4096), UNKNOWN)
        self.assertEqual(self.control(express[:256] + b"\xff" * 3840), UNKNOWN)

    def test_chain(self):
        self.assertEqual(self.control(self.space([])), "absent")
        self.assertEqual(self.control(self.space([aer(), dsn(1)])), "absent")
        self.assertEqual(self.control(self.space([aer(), acs(CR), acs(RR)])), CR)
        loop = self.space([aer(), dsn(1)])
        put(loop, 0x150, "I", 0x10003 | 0x100 << 20)
        self.assertEqual(self.control(loop), "absent")
        beyond = self.space([(1, 1, bytes(4)), acs(RR)])[:0x110]
        self.assertEqual(self.control(beyond), UNKNOWN)
        low = self.space([aer()])
        put(low, 0x100, "I", 0x10001 | 0x40 << 20)
        self.assertEqual(self.control(low), "absent")

    def test_pch_mistake(self):
        """The redirect bits are set in the dword at 8; the kernel reads the word at 6."""
        self.assertEqual(self.control(self.space([acs_dword(0x0c)])), 0)

    def test_port_type(self):
        config = header(0x8086, 1, 0x060400, 1)
        standard_chain(config, [power_management(), pcie(ROOT_PORT)])
        self.assertIs(p2poracle.is_root_port(self.function(config)), True)
        self.assertIs(p2poracle.is_root_port(self.function(config[:64])), None)
        standard_chain(config, [power_management(), pcie(DOWNSTREAM)])
        self.assertIs(p2poracle.is_root_port(self.function(config)), False)


class Captures(unittest.TestCase):
    def test_virtual_functions(self):
        """A VF's bridge is its PF's, also on a bus of its own; the PF is no ancestor."""
        machine = machine_of(shapes.sriov_server())
        row = ask(machine, "0000:01:10.0", "0000:01:11.3")
        self.assertEqual((row["hops"], row["relation"]), (2, "PIX"))
        self.assertEqual(ask(machine, "0000:01:00.0", "0000:01:10.0")["hops"], 2)
        row = ask(machine, "0000:05:02.3", "0000:06:00.0")
        self.assertEqual((row["hops"], row["map_type"]), (4, BUS))

    def test_missing_bridge(self):
        """A port that is only a part of paths is there, and its ACS is unknown."""
        fabric, provider, client = two_behind_switch()
        files = sysfs.Tree(fabric).files
        port = client.above
        files = {path: content for path, content in files.items()
                 if path != "sys/bus/pci/devices/" + port.name
                 and not (path.startswith("sys/%s/" % port.path)
                          and not path.startswith("sys/" + client.path))}
        row = ask(load(files), provider.name, client.name)
        self.assertEqual((row["map_type"], row["hops"]), (UNKNOWN, 4))
        self.assertNotIn(port.name, [f.name for f in p2poracle.Oracle(
            load(files), "7.3").endpoints()])

    def test_vmd(self):
        """Nested domains end at their own root bus."""
        machine = machine_of(shapes.vmd())
        row = ask(machine, "10000:01:00.0", "10000:02:00.0")
        self.assertEqual((row["hops"], row["relation"]), (4, "PHB"))
        row = ask(machine, "10000:01:00.0", "0000:17:00.0")
        self.assertEqual((row["hops"], row["relation"]), (4, "NODE"))

    def test_dump_agrees(self):
        fabric = shapes.gpu_server("intel", True, **shapes.ICX)
        tree, dump = machine_of(fabric), capture.read_dump(sysfs.dump(fabric))
        self.assertEqual({f.name: f.parent for f in tree.ordered()},
                         {f.name: f.parent for f in dump.ordered()})
        tree.zen = dump.zen
        for row in p2poracle.Oracle(tree, "7.3").answers():
            other = ask(dump, row["provider"], row["client"])
            if row["relation"] not in ("NODE", "SYS"):
                self.assertEqual(row, other)
            self.assertEqual(row["map_type"], other["map_type"])

    def test_cpuinfo(self):
        for text, zen in ((None, None), (b"", None), (b"vendor_id\t: AuthenticAMD\n", None),
                          (b"vendor_id : AuthenticAMD\ncpu family : 23\n", True),
                          (b"vendor_id : AuthenticAMD\ncpu family : 22\n", False),
                          (b"vendor_id : GenuineIntel\ncpu family : 6\n\nvendor_id : AuthenticAMD\n"
                           b"cpu family : 25\n", False),
                          (b"cpu family : 25\n", None), (b"CPU implementer : 0x41\n", False)):
            self.assertIs(capture.cpu_is_zen(text), zen, text)

    def test_manifest(self):
        fabric, provider, client = two_behind_switch(first=None, second=None)
        for function in fabric.functions():
            function.config_size = 256
        files = sysfs.Tree(fabric).files
        self.assertEqual(ask(load(files), provider.name, client.name)["map_type"], UNKNOWN)
        entries = [{"path": path, "size": 256} for path in files if path.endswith("/config")]
        files["manifest.json"] = json.dumps({"format": "p2ptopo-capture",
                                             "files": entries}).encode()
        self.assertEqual(ask(load(files), provider.name, client.name)["map_type"], BUS)

    def test_lists(self):
        for text, count in ((b"0\n", 1), (b"0-3\n", 4), (b"0-1,4\n", 3), (b"\n", None),
                            (None, None)):
            self.assertEqual(capture.count_list(text), count)

    def test_relation_needs_nodes(self):
        fabric, provider, client = two_host_bridges(LISTED, LISTED)
        for nodes, ours, theirs, relation in (
                (2, 0, 0, "NODE"), (2, 0, 1, "SYS"), (2, 0, -1, None), (1, -1, -1, "NODE"),
                (None, -1, -1, None), (None, 0, 1, "SYS"), (None, 1, 1, "NODE")):
            machine = machine_of(fabric)
            machine.nodes = nodes
            machine.functions[provider.name].numa = ours
            machine.functions[client.name].numa = theirs
            self.assertEqual(ask(machine, provider.name, client.name)["relation"], relation)

    def test_switch_relations(self):
        fabric, provider, client = two_behind_switch(deeper=True)
        self.assertEqual(ask(machine_of(fabric), provider.name, client.name)["relation"], "PXB")


class Recorded(unittest.TestCase):
    """Fixtures that carry what a real kernel said of them."""

    FOLDER = os.path.join(os.path.dirname(HERE), "fixtures")

    @staticmethod
    def table(path):
        with open(path, encoding="ascii") as file:
            lines = [line.split() for line in file if line.strip() and not line.startswith("#")]
        return {(words[0], words[1]): words[2] for words in lines}

    def test_distances(self):
        seen = 0
        for name in sorted(os.listdir(self.FOLDER)):
            folder = os.path.join(self.FOLDER, name)
            if not os.path.exists(os.path.join(folder, "distances.txt")):
                continue
            with open(os.path.join(folder, "README"), encoding="utf-8") as file:
                release = re.search(r"^Kernel: (\d+\.\d+)", file.read(), re.M).group(1)
            machine = capture.load(os.path.join(folder, "tree.tar.xz"))
            rows = {(row["provider"], row["client"]): row
                    for row in p2poracle.Oracle(machine, release).answers()}
            with self.subTest(name):
                self.assertEqual({pair: str(row["distance"]) for pair, row in rows.items()},
                                 self.table(os.path.join(folder, "distances.txt")))
                self.held_to_types(rows, os.path.join(folder, "map.txt"))
            seen += 1
        self.assertGreater(seen, 0)

    def held_to_types(self, rows, path):
        if os.path.exists(path):
            for pair, map_type in self.table(path).items():
                self.assertEqual(rows[pair]["map_type"], map_type, pair)


if __name__ == "__main__":
    unittest.main()
