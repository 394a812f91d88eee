#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What pci_p2pdma_distance_many() answers for every ordered pair of a captured machine.

A second statement of the rule, kept apart from the C code on purpose: it is written from
drivers/pci/p2pdma.c (releases as noted), walks every pair one bridge at a time as the kernel
does, and answers unknown facts by trying their possible values one by one.

usage: p2poracle.py CAPTURE RULESET        one JSON object a line
"""

import itertools
import json
import re
import sys

import machine as capture

# -- the rule of each release ------------------------------------------------------------

SAME, ANY = "same", "any"
INTEL, AMD, GOOGLE, NVIDIA, ZHAOXIN, ALIBABA = 0x8086, 0x1022, 0x1ae0, 0x10de, 0x1d17, 0x1ded


def rows(vendor, need, *devices):
    return [(vendor, device, need) for device in devices]


# v5.4 took Sandy Bridge and Haswell servers beside Zen; v5.9 moved AMD to the CPU test.
SERVERS = rows(INTEL, SAME, 0x3c00, 0x3c01, 0x2f00, 0x2f01)
ROWS_5_2 = rows(AMD, ANY, 0x1450)
ROWS_5_4 = ROWS_5_2 + SERVERS
ROWS_5_10 = SERVERS + rows(INTEL, ANY, 0x2030, 0x2031, 0x2032, 0x2033, 0x2020)
ROWS_5_18 = ROWS_5_10 + rows(INTEL, ANY, 0x09a2)
ROWS_7_1 = ROWS_5_18 + rows(GOOGLE, ANY, None)
ROWS_7_2 = ROWS_7_1 + rows(INTEL, ANY, 0x0b25, 0x0cfe, 0x11fb, 0x1212, 0x1216,
                           0x4940, 0x4942, 0x4944, 0x4946, 0x4948)
ROWS_7_3 = ROWS_7_2 + rows(NVIDIA, ANY, 0x2f95, 0x2f96, 0x2f97, 0x2f98)
ROWS_NEXT = (ROWS_7_3 + rows(INTEL, SAME, 0x6f00, 0x0c08)
             + rows(ZHAOXIN, SAME, 0x1003, 0x1005, 0x1006, 0x1007)
             + rows(ZHAOXIN, ANY, 0x1008) + rows(ALIBABA, ANY, 0x8000))


class Rules:
    """walk: which text of the walk; zen: cpu_supports_p2pdma() exists (v5.9);
    root_port: a root device may be a root port at any devfn (1af7c26c59eb, v5.19)."""

    def __init__(self, table, walk="now", zen=True, root_port=True):
        self.table, self.walk, self.zen, self.root_port = table, walk, zen, root_port


RULES = {
    "4.20": Rules([], walk="first", zen=False, root_port=False),
    "5.2": Rules(ROWS_5_2, walk="second", zen=False, root_port=False),
    "5.4": Rules(ROWS_5_4, zen=False, root_port=False),
    "5.10": Rules(ROWS_5_10, root_port=False),
    "5.15": Rules(ROWS_5_10, root_port=False),
    "5.19": Rules(ROWS_5_18),
    "6.1": Rules(ROWS_5_18),
    "6.6": Rules(ROWS_5_18),
    "6.12": Rules(ROWS_5_18),
    "7.1": Rules(ROWS_7_1),
    "7.2": Rules(ROWS_7_2),
    "7.3": Rules(ROWS_7_3),
    "next": Rules(ROWS_NEXT),
    "tlp": Rules(ROWS_NEXT, walk="tlp"),
}

# What distributors' kernels have beside mainline of the same release, by the text of the release;
# the last column: all of its kernels, or those from this build on.
ZHAOXINS = rows(ZHAOXIN, SAME, 0x1003, 0x1005, 0x1006, 0x1007) + rows(ZHAOXIN, ANY, 0x1008)
DISTRIBUTORS = (
    (r"\.oe\d", ZHAOXINS, 0),
    (r"\.an\d", ZHAOXINS, 0),
    (r"deepin|amd64-desktop", ZHAOXINS, 0),
    (r"lts2021", rows(INTEL, ANY, 0x09a2), 0),
    (r"^(?!.*\duek).*\.el10", rows(INTEL, ANY, 0x0b25, 0x0cfe, 0x11fb, 0x1212, 0x1216,
                                   0x4940, 0x4942, 0x4944, 0x4946, 0x4948), 237),
    (r"^(?!.*\duek).*\.el9", rows(INTEL, ANY, 0x09a2), None),
)


def distributor_row(release, vendor, device):
    """SAME or ANY and whether this build is sure to have it; None: no row."""
    for pattern, table, build in DISTRIBUTORS:
        if not re.search(pattern, release):
            continue
        for row_vendor, row_device, need in table:
            if (row_vendor, row_device) == (vendor, device):
                number = int(re.search(r"-(\d+)|$", release).group(1) or 0)
                return need, build is not None and number >= build
    return None


# -- configuration space -----------------------------------------------------------------

ACS_RR, ACS_CR, ACS_EC = 0x04, 0x08, 0x20
UNKNOWN = "unknown"
ABSENT = "absent"


def told_nothing(function):
    """No bytes, or all ones: a function that is off or gone, or a failed read."""
    config = function.config
    return config is None or len(config) < 64 or set(config[:64]) == {0xff}


def acs_control(function):
    """UNKNOWN, ABSENT, or the word that the kernel reads at capability + 6.

    It is that word even for the Intel PCH ports whose control is a dword at + 8."""
    config = function.config
    if told_nothing(function) or len(config) < 256:
        return UNKNOWN
    if len(config) == 256:
        pcie = function.physfn is not None or capture.pcie_capability(config)
        if pcie and function.config_size != 256:
            return UNKNOWN
        return ABSENT
    at = 0x100
    for _ in range((4096 - 256) // 8):
        if at + 4 > len(config):
            return UNKNOWN
        header = int.from_bytes(config[at:at + 4], "little")
        if header == 0:
            return ABSENT
        if header == 0xffffffff:
            return UNKNOWN
        if header & 0xffff == 0x000d:
            return capture.word(config, at + 6) if at + 8 <= len(config) else UNKNOWN
        at = header >> 20 & 0xffc
        if at < 0x100:
            return ABSENT
    return ABSENT


def is_root_port(function):
    """True, False or None."""
    config = function.config
    if told_nothing(function) or len(config) < 256:
        return None
    return capture.port_type(config) == 4


def header_type(function, has_children):
    if not told_nothing(function):
        return function.config[14] & 0x7f
    if function.pciclass is not None:
        return {0x0604: 1, 0x0609: 1, 0x0607: 2}.get(function.pciclass >> 8, 0)
    return 1 if has_children else 0


# -- one pair, one possible world --------------------------------------------------------

APART, SAME_HOST, JOINED = range(3)


class World:
    """One choice for everything that is not known."""

    def __init__(self, acs, above, zen, passes, iommu):
        self.acs = acs          # what an unknown ACS Control holds: 0 or RR|CR|EC
        self.above = above      # APART, SAME_HOST or JOINED: what the dump lacks above the two
        self.joined = above == JOINED
        self.zen = zen
        self.passes = passes    # host bridge -> None, SAME or ANY
        self.iommu = iommu


class Pair:
    """Provider and client on one machine under one rule set."""

    def __init__(self, oracle, provider, client):
        self.oracle, self.provider, self.client = oracle, provider, client
        self.acs_list = []      # in the kernel's order, known ones only
        self.common = None

    def control(self, function, world, mask):
        """Bits of ACS Control in this world; a known redirecting one enters the list."""
        control = self.oracle.acs[function.name]
        if control == UNKNOWN:
            return world.acs & mask
        if control == ABSENT:
            return 0
        if control & mask:
            self.acs_list.append(function.name)
        return control & mask

    def walk(self, world):
        """The two nested loops of the kernel, releases 4.20 to the queue after 7.3."""
        self.acs_list, self.common = [], None
        mask = ACS_RR | ACS_CR | ACS_EC
        redirects, up = 0, self.oracle.upstream
        a, dist_a, dist_b = self.provider, 0, 0
        while a:
            dist_b = 0
            if self.control(a, world, mask):
                redirects += 1
            bb = self.client
            while bb:
                if a is bb:
                    break
                bb = up(bb)
                dist_b += 1
            if bb:
                self.common = a
                break
            a = up(a)
            dist_a += 1
        if self.common:
            bb = self.client
            while bb is not self.common:
                if self.control(bb, world, mask):
                    redirects += 1
                bb = up(bb)
        else:
            self.acs_list = []
        return redirects, dist_a + dist_b

    def walk_tlp(self, world):
        """The unmerged series: only the two ports next to the common one count."""
        self.acs_list, self.common = [], None
        up = self.oracle.upstream
        a, a_child, dist_a, dist_b, b_child = self.provider, None, 0, 0, None
        while a and not self.common:
            bb, b_child, dist_b = self.client, None, 0
            while bb and bb is not a:
                b_child, bb, dist_b = bb, up(bb), dist_b + 1
            if bb:
                self.common = a
            else:
                a_child, a, dist_a = a, up(a), dist_a + 1
        redirects = 0
        if self.common and a_child and b_child:
            redirects += bool(self.control(a_child, world, ACS_CR))
            redirects += bool(self.control(b_child, world, ACS_RR | ACS_EC))
        return redirects, dist_a + dist_b

    def chain(self, function):
        """The function and the bridges above it that are known."""
        known = []
        while function:
            known.append(function)
            function = self.oracle.upstream(function)
        return known

    def above(self):
        """What may be above the two: no more than is known, unless a dump lacks bridges; then
        they may meet in one of those, or on one root bus, if they are of one domain."""
        one, two = self.provider, self.client
        if not (one.lost or two.lost) or set(self.chain(one)) & set(self.chain(two)):
            return (SAME_HOST if one.host == two.host else APART,)
        if one.host == two.host:
            return (SAME_HOST, JOINED)
        return (APART, SAME_HOST, JOINED) if one.domain == two.domain else (APART,)

    def redirects_below_lost(self, world):
        """How many redirect for certain below a common bridge that the dump lacks or names
        without what lies between: what is known below the gap, and each end itself."""
        redirects = 1 if world.acs else 0
        if self.oracle.rules.walk == "tlp":
            return redirects
        for end in (self.provider, self.client):
            for function in self.chain(end) if end.lost else [end]:
                redirects += bool(self.control(function, world, ACS_RR | ACS_CR | ACS_EC))
        return redirects

    def host_bridges_pass(self, world):
        one, two = self.provider.host, self.client.host
        if world.above != APART:
            return None not in (world.passes[one], world.passes[two])
        return world.passes[one] == ANY and world.passes[two] == ANY

    def decide(self, world):
        """(map type, distance, hops) in this world."""
        rules = self.oracle.rules
        walk = self.walk_tlp if rules.walk == "tlp" else self.walk
        redirects, hops = walk(world)
        common = self.common or world.joined
        if world.joined:
            redirects = self.redirects_below_lost(world)
        if common and not redirects:
            return "bus_addr", hops, hops
        if rules.walk == "first":
            allowed = False
        elif rules.walk == "second":
            allowed = (not common and not world.iommu
                       and self.host_bridges_pass(world))
        else:
            allowed = world.zen or self.host_bridges_pass(world)
        if not allowed:
            return "not_supported", -1, hops
        return "thru_host_bridge", hops + (0x1000 if rules.walk == "second" else 0), hops


# -- a machine under a rule set ----------------------------------------------------------

def either(value):
    return (True, False) if value is None else (value,)


class Oracle:
    def __init__(self, machine, ruleset, release=None):
        """release: of a distributor, whose rows hold beside those of the rule set"""
        self.machine, self.rules, self.release = machine, RULES[ruleset], release
        self.acs = {f.name: acs_control(f) for f in machine.functions.values()}
        hosts = {f.host for f in machine.functions.values()}
        self.passes = {host: self.possible_rows(host) for host in hosts}
        self.zen = either(machine.zen) if self.rules.zen else (False,)
        self.iommu = either(self.iommu_present())

    def upstream(self, function):
        """pci_upstream_bridge(): a VF asks its PF; nothing above a root bus."""
        functions = self.machine.functions
        function = functions.get(function.physfn, function)
        return functions.get(function.parent)

    def endpoints(self):
        parents = {f.parent for f in self.machine.functions.values()}
        return [f for f in self.machine.ordered()
                if f.listed and header_type(f, f.name in parents) == 0]

    def on_root_bus(self, host):
        return [f for f in self.machine.ordered()
                if f.host == host and f.parent is None and f.physfn is None]

    def places(self, function):
        """Where the kernel may have it among all functions it added: the file has no domains."""
        ids = (function.vendor or 0) << 16 | (function.device or 0)
        known = None not in (function.vendor, function.device)
        return [at for at, (address, has) in enumerate(self.machine.order)
                if address == (function.bus << 8 | function.devfn) and (has == ids or not known)]

    def is_boot_order(self, bus):
        """Several domains have a bus of this number, and there are no more ascending runs of its
        functions than such domains: as after a boot without anything removed."""
        domains = {f.host for f in self.machine.functions.values()
                   if f.parent is None and f.physfn is None and f.bus == bus}
        addresses = [address for address, _ in self.machine.order if address >> 8 == bus]
        runs = sum(not n or address <= addresses[n - 1] for n, address in enumerate(addresses))
        return len(domains) > 1 and runs <= len(domains)

    def first_of(self, host):
        """The functions that may be the first in the kernel's list of the root bus."""
        on_bus = self.on_root_bus(host)
        if self.machine.order is None or not on_bus:
            return on_bus[:1]
        places = {f.name: self.places(f) for f in on_bus}
        if all(places.values()):
            for f in on_bus:
                if all(max(places[f.name]) < min(places[other.name])
                       for other in on_bus if other is not f):
                    return [f]
        return on_bus[:1] if self.is_boot_order(on_bus[0].bus) else on_bus

    def root_device_missing(self, host):
        """A dump that lacks the bridges up to this bus, a list that somebody picked, or a tree that
        lacks functions on it: then another than the first one here may be the first, unless that
        is 00.0."""
        on_bus = self.on_root_bus(host)
        return host.startswith("lost") or (self.machine.order is None and on_bus[0].devfn != 0
                                           and (self.machine.picked
                                                or not all(f.listed for f in on_bus)))

    def root_devices(self, host):
        """What pci_host_bridge_dev() may return: functions, or None for none."""
        return [root for first in self.first_of(host) or [None] for root in self.as_root(first)]

    def as_root(self, first):
        if first is None or first.devfn == 0:
            return [first]
        if not self.rules.root_port:
            return [None]
        return [first if port else None for port in either(is_root_port(first))]

    def possible_rows(self, host):
        if self.root_device_missing(host):
            return [None, SAME, ANY]
        possible = set()
        for root in self.root_devices(host):
            if root is None:
                possible.add(None)
                continue
            matching = [(vendor, device, need) for vendor, device, need in self.rules.table
                        if root.vendor in (None, vendor)
                        and (device is None or root.device in (None, device))]
            possible.update(need for _, _, need in matching)
            sure = root.vendor is not None and any(
                device is None or root.device == device for _, device, _ in matching)
            added = self.release and root.vendor is not None and not matching and \
                distributor_row(self.release, root.vendor, root.device)
            if added:
                need, sure = added
                possible.add(need)
            if not sure:
                possible.add(None)
        return sorted(possible, key=str)

    def iommu_present(self):
        """Whether the PCI bus has IOMMU operations: a group proves it; without one, an IOMMU
        that serves none of these functions may still be there, unless the kernel was told so."""
        if any(f.iommu_group for f in self.machine.functions.values()):
            return True
        return False if self.machine.no_iommu else None

    def worlds(self, pair):
        provider, client = pair.provider, pair.client
        hosts = sorted({provider.host, client.host})
        for acs, above, zen, iommu, *needs in itertools.product(
                (0, ACS_RR | ACS_CR | ACS_EC), pair.above(), self.zen, self.iommu,
                *(self.passes[host] for host in hosts)):
            yield World(acs, above, zen, dict(zip(hosts, needs)), iommu)

    def relation(self, pair, hops):
        provider, client = pair.provider, pair.client
        if provider is client:
            return "X"
        if pair.common:
            return "PIX" if hops <= 4 else "PXB"
        if provider.host == client.host:
            return "PHB"
        if self.machine.nodes == 1:
            return "NODE"
        if None in (provider.numa, client.numa) or min(provider.numa, client.numa) < 0:
            return None
        return "NODE" if provider.numa == client.numa else "SYS"

    def answer(self, provider, client):
        pair = Pair(self, provider, client)
        answers = {pair.decide(world) for world in self.worlds(pair)}
        map_types = {map_type for map_type, _, _ in answers}
        hops = answers.copy().pop()[2]
        sure = len(map_types) == 1
        map_type, distance, _ = answers.pop() if sure else (UNKNOWN, None, None)
        lost = not pair.common and (provider.lost or client.lost)
        if lost and map_type != "not_supported":
            distance = None         # the bridges that are missing count, too
        listed = pair.common and map_type != "bus_addr"
        return {
                "provider": provider.name, "client": client.name,
                "relation": None if lost else self.relation(pair, hops),
            "map_type": map_type,
                "distance": distance, "hops": hops,
                "acs_redirect": pair.acs_list if listed else [],
        }

    def answers(self):
        functions = self.endpoints()
        for provider in functions:
            for client in functions:
                yield self.answer(provider, client)


def main(arguments):
    if len(arguments) != 2 or arguments[1] not in RULES:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        machine = capture.load(arguments[0])
    except (capture.BadCapture, OSError) as error:
        print("p2poracle: %s: %s" % (arguments[0], error), file=sys.stderr)
        return 4
    for row in Oracle(machine, arguments[1]).answers():
        print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
