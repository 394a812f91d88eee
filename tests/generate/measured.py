# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines on which somebody measured peer-to-peer transfers, as far as the figures need them."""

from configspace import *               # the whole vocabulary
from fabric import Fabric

TURIN = ("AuthenticAMD", 0x1a, 0x02, "AMD EPYC 9575F 64-Core Processor")
GENOA = ("AuthenticAMD", 0x19, 0x11, "AMD EPYC 9374F 32-Core Processor")
ROME = ("AuthenticAMD", 0x17, 0x31, "AMD EPYC 7742 64-Core Processor")
NAPLES = ("AuthenticAMD", 0x17, 0x01, "AMD EPYC 7261 8-Core Processor")
CASTLE = ("AuthenticAMD", 0x17, 0x31, "AMD Ryzen Threadripper PRO 3995WX 64-Cores")
RYZEN = ("AuthenticAMD", 0x19, 0x21, "AMD Ryzen 9 5900X 12-Core Processor")
STORM = ("AuthenticAMD", 0x19, 0x18, "AMD Ryzen Threadripper PRO 7955WX 16-Cores")
BROADWELL = ("GenuineIntel", 6, 0x4f, "Intel(R) Xeon(R) CPU E5-2650 v4 @ 2.20GHz")
HASWELL = ("GenuineIntel", 6, 0x3f, "Intel(R) Xeon(R) CPU E5-2640 v3 @ 2.60GHz")
SANDYBRIDGE = ("GenuineIntel", 6, 0x2d, "Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz")
EMERALD = ("GenuineIntel", 6, 0xcf, "INTEL(R) XEON(R) PLATINUM 8592+")
ARROW = ("GenuineIntel", 6, 0xc6, "Intel(R) Core(TM) Ultra 9 285K")
COFFEE = ("GenuineIntel", 6, 0x9e, "Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz")

REDIRECT, CLEAN = 0x1d, 0x00
RELAXED, STRICT = 0x2910, 0x2900        # Device Control: 512-byte reads, extended tags
AMD_ROOT, INTEL_ROOT = (0x1022, 0x14ab), (0x8086, 0x2030)


def start(cpu, nodes=1, payload=1):
    machine = Fabric(cpu=cpu, nodes=nodes, iommu=True)
    machine.group_type = "identity"
    machine.payload, machine.control = payload, RELAXED
    return machine


def direct(cpu, nodes=1, each=2, payload=1, speed=5, width=16, what="gpu", ids=AMD_ROOT,
           host_ids=None, ids_of=None, **options):
    """Devices on root ports, each on a host bridge of its own."""
    machine = start(cpu, nodes, payload)
    for node in range(nodes):
        for slot in range(each):
            host = machine.host(bus=0x80 * node + 0x20 * slot, node=node)
            if host_ids:
                host.endpoint(0, "hostbridge", ids=host_ids)
            port = host.port(ROOT_PORT, 0x08, ids=ids, speed=speed, width=width, acs=CLEAN)
            if ids_of:
                options["ids"] = ids_of
            port.endpoint(0, what, speed=speed, width=width, **options)
    return machine


def switch(cpu, acs=CLEAN, speed=5, width=16, payload=1, nodes=1, roots=1, each=2,
           ids=(0x1000, 0xc030), gpu=None):
    """`roots` switches a socket, each below a host bridge of its own, with `each` GPUs."""
    machine = start(cpu, nodes, payload)
    for node in range(nodes):
        for root in range(roots):
            host = machine.host(bus=0x80 * node + 0x20 * root, node=node)
            port = host.port(ROOT_PORT, 0x08, ids=AMD_ROOT, speed=speed, width=width, acs=acs)
            up = port.port(UPSTREAM, 0, ids=ids, speed=speed, width=width)
            for slot in range(each):
                down = up.port(DOWNSTREAM, slot << 3, ids=ids, speed=speed, width=width,
                               acs=acs)
                down.endpoint(0, "gpu", speed=speed, width=width, **gpu or {})
    return machine


def three_drives():
    """Supermicro 5018GR-T: a Tesla P40 and three drives on ports of one E5-2650 v4."""
    machine = start(BROADWELL, payload=0)
    host = machine.host()
    host.endpoint(0, "hostbridge", ids=(0x8086, 0x6f00))
    host.port(ROOT_PORT, 0x10, ids=(0x8086, 0x6f04), speed=3, acs=CLEAN).endpoint(
        0, "gpu", speed=3)
    for slot in range(3):
        host.port(ROOT_PORT, 0x18 + slot, ids=(0x8086, 0x6f08), speed=3, width=8,
                  acs=CLEAN).endpoint(0, "nvme", speed=3, width=4)
    return machine


def pair_of(cpu, host_ids, root_ids, speed=3, payload=1, what="gpu"):
    """Two devices on two root ports of one host bridge."""
    machine = start(cpu, payload=payload)
    host = machine.host()
    host.endpoint(0, "hostbridge", ids=host_ids)
    for slot in (1, 2):
        host.port(ROOT_PORT, slot << 3, ids=root_ids, speed=speed, acs=CLEAN).endpoint(
            0, what, speed=speed)
    return machine


def behind_switch(gpu_ids, nic_mbps, speed=3):
    """A GPU and a NIC below one switch."""
    machine = start(ROME)
    up = machine.host().port(ROOT_PORT, 0x08, ids=AMD_ROOT, speed=speed, acs=CLEAN).port(
        UPSTREAM, 0, speed=speed)
    for slot, what in enumerate(("gpu", "nic")):
        options = {"ids": gpu_ids} if what == "gpu" else {"ids": (0x15b3, 0x1017),
                                                          "mbps": nic_mbps}
        up.port(DOWNSTREAM, slot << 3, speed=speed, acs=CLEAN).endpoint(0, what, speed=speed,
                                                                        **options)
    return machine


def behind_chipset(cpu=RYZEN):
    """X570: two GPUs on the CPU's lanes, one behind the chipset; all of them at Gen4 x8."""
    machine = start(cpu, payload=0)
    host = machine.host()
    host.endpoint(0, "hostbridge", ids=(0x1022, 0x1480))
    for function in (1, 2):
        host.port(ROOT_PORT, 0x08 + function, ids=(0x1022, 0x1483), width=8,
                  acs=CLEAN).endpoint(0, "gpu", speed=4, width=8)
    up = host.port(ROOT_PORT, 0x13, ids=(0x1022, 0x1483), width=8, acs=CLEAN).port(
        UPSTREAM, 0, ids=(0x1022, 0x57ad), width=4)
    up.port(DOWNSTREAM, 0x08, ids=(0x1022, 0x57a3), width=8, acs=CLEAN).endpoint(
        0, "gpu", speed=4, width=8)
    return machine


def behind_pch():
    """Intel client: a GPU on the CPU's lanes, a drive and another GPU on the chipset's ports."""
    machine = start(COFFEE, payload=0)
    host = machine.host()
    host.endpoint(0, "hostbridge", ids=(0x8086, 0x3ec2))
    host.port(ROOT_PORT, 0x08, ids=(0x8086, 0x1901), speed=3, acs=CLEAN).endpoint(
        0, "gpu", speed=3)
    host.port(ROOT_PORT, 0xd8, ids=(0x8086, 0xa340), speed=3, width=4, acs=CLEAN).endpoint(
        0, "gpu", speed=3, width=4)
    host.port(ROOT_PORT, 0xe8, ids=(0x8086, 0xa330), speed=3, width=4, acs=CLEAN).endpoint(
        0, "nvme", speed=3, width=4)
    return machine


MACHINES = {
    "turin": lambda: direct(TURIN, 2),
    "genoa": lambda: direct(GENOA, 2),
    "turin-switch": lambda: switch(TURIN, nodes=2, roots=2),
    "turin-redirect": lambda: switch(TURIN, acs=REDIRECT),
    "storm-switch": lambda: switch(STORM, roots=4, ids=(0x1f18, 0x0101)),
    "gen4-switch": lambda: switch(ROME, speed=4),
    "gen3-switch": lambda: switch(ROME, speed=3, payload=0),
    "drives": three_drives,
    "haswell": lambda: pair_of(HASWELL, (0x8086, 0x2f00), (0x8086, 0x2f04)),
    "sandybridge": lambda: pair_of(SANDYBRIDGE, (0x8086, 0x3c00), (0x8086, 0x3c04)),
    "chipset": behind_chipset,
    "pch": behind_pch,
    "emerald": lambda: direct(EMERALD, each=2, ids=(0x8086, 0x352a), what="nic",
                              host_ids=(0x8086, 0x09a2)),
    "emerald-strict": lambda: direct(EMERALD, each=2, ids=(0x8086, 0x352a), what="nic",
                              host_ids=(0x8086, 0x09a2), control=STRICT),
    "emerald-sockets": lambda: direct(EMERALD, 2, ids=(0x8086, 0x352a), what="nic",
                                      host_ids=(0x8086, 0x09a2)),
    "rome": lambda: direct(ROME, 2, speed=4, ids_of=(0x10de, 0x2204)),
    "castle": lambda: direct(CASTLE, speed=4, ids_of=(0x10de, 0x2684)),
    "naples": lambda: direct(NAPLES, speed=3, ids_of=(0x1002, 0x6860)),
    "mi50-switch": lambda: switch(RYZEN, speed=4, each=2, gpu={"ids": (0x1002, 0x66a1)}),
    "edr": lambda: behind_switch((0x1002, 0x6860), 100000),
    "gigabit": lambda: behind_switch((0x10de, 0x2330), 1000),
    "rome-strict": lambda: direct(ROME, each=2, speed=4, what="nic", control=STRICT),
    "arrow": lambda: pair_of(ARROW, (0x8086, 0x7d1b), (0x8086, 0xae4d), speed=5),
    "idle": lambda: switch(TURIN, gpu={"now": (1, 16)}),
    "narrow": lambda: switch(TURIN, gpu={"now": (5, 8)}),
}
