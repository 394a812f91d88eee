# SPDX-License-Identifier: GPL-2.0-or-later
"""A regular machine of a wanted number of functions, for the benchmark."""

from configspace import *               # the whole vocabulary
from fabric import Fabric

KINDS = ("gpu", "nic", "nvme", "gpu", "nic", "nvme", "nvme", "fpga")


def make(count):
    """Whole switches of eight slots with eight-function devices are hung below root ports
    until `count` functions are there; each host bridge has a domain of its own."""
    machine, made, domain = Fabric(cpu="intel", nodes=8), 0, 0
    while made < count:
        host = machine.host(domain=domain, node=domain % 8)
        domain += 1
        for slot in range(1, 17):
            if made < count:
                made += switch(host, slot, count - made)
    return machine


def switch(host, slot, room):
    """Hangs at most `room` functions below a new root port; says how many."""
    control = 0x1d if slot % 4 == 0 else 0
    port, made = host.port(ROOT_PORT, slot << 3, acs=control), 1
    if made == room:
        return made
    up, made = port.port(UPSTREAM, 0), made + 1
    for number in range(8):
        if made < room:
            down, made = up.port(DOWNSTREAM, number << 3, acs=control), made + 1
        for function in range(4):
            if made < room:
                down.endpoint(function, KINDS[number], ats=True,
                              bars=((1 << 16, 4),))
                made += 1
    return made
