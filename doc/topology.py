#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Draw the picture of the README: `export svg` of a small server, on one of whose switches ACS redirects.

usage: topology.py P2PTOPO [FORMAT]"""
import pathlib
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent / "tests"
sys.path[:0] = [str(TESTS / "cases"), str(TESTS / "generate")]

import ways                             # puts the generator of machines onto the path
from configspace import DOWNSTREAM, ROOT_PORT, UPSTREAM
from ways import AMD_CONFIG, PCI_IDS, measured, nvidia, sysfs

SWITCH = (0x1000, 0xc030)


def server():
    machine = measured.start(measured.GENOA, nodes=2)
    machine.files = {"proc/sys/kernel/osrelease": "6.12.9\n", **nvidia("570.1.1"), **AMD_CONFIG}
    for node, acs in ((0, 0), (1, 0x1d)):
        root = machine.host(bus=0x80 * node, node=node).port(ROOT_PORT, 0x08, ids=measured.AMD_ROOT, speed=5, acs=acs)
        up = root.port(UPSTREAM, 0, ids=SWITCH, speed=5)
        for slot, what in enumerate(("gpu", "nic", "gpu", "nic", "nvme")):
            port = up.port(DOWNSTREAM, slot << 3, ids=SWITCH, speed=5, acs=acs)
            options = {"gpu": {"ids": (0x10de, 0x26b9), "driver": "nvidia", "speed": 4}}.get(what, {})
            if (node, slot) == (0, 3):
                options["now"] = (5, 4)
            port.endpoint(0, what, **options)
    return machine


def main():
    with tempfile.TemporaryDirectory() as folder:
        sysfs.write_folder(sysfs.Tree(server()).files, folder)
        done = subprocess.run([sys.argv[1], "--from", folder, "--pci-ids", PCI_IDS, "--kernel", "6.12", "export",
                               *(sys.argv[2:] or ["svg"])], stdout=subprocess.PIPE, check=True, text=True)
    print(done.stdout, end="")


if __name__ == "__main__":
    main()
