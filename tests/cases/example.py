#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The pair that report tells to look at is one that people care about, and follows the filter.

usage: example.py P2PTOPO"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "generate"))

import measured
import sysfs
from configspace import *               # the whole vocabulary


def machine(devices, inside=()):
    """The devices below one redirecting switch, in this order; others part of the root complex."""
    fabric = measured.start(measured.GENOA)
    host = fabric.host()
    for slot, what in enumerate(inside):
        host.endpoint((slot + 2) << 3, what)
    up = host.port(ROOT_PORT, 0x08, ids=measured.AMD_ROOT, speed=5, acs=measured.REDIRECT).port(
        UPSTREAM, 0, speed=5)
    for slot, what in enumerate(devices):
        up.port(DOWNSTREAM, slot << 3, speed=5, acs=measured.REDIRECT).endpoint(0, what)
    return fabric


def example(binary, tree, *arguments):
    done = subprocess.run([binary, "--from", tree, "--kernel", "7.3", "report", *arguments],
                          capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
    found = re.search(r"^  what to change: \S+ .* fix (?:--goal \S+ )?(\S+) (\S+)$", done.stdout.decode(),
                      re.M)
    return tuple(re.sub(r"\d+$", "", name) for name in found.groups()) if found else None


# devices in the order of their buses, filter, the pair: provider, client
CASES = [
    (["nvme", "nvme", "nic", "nic", "gpu", "gpu"], [], ("card", "mlx5_")),
    (["gpu", "gpu"], [], ("card", "card")),
    (["nvme", "nvme", "gpu"], [], ("card", "nvme")),
    (["nic", "nvme", "fpga"], [], ("0000:05:00.", "mlx5_")),
    (["nvme", "nic"], [], ("nvme", "mlx5_")),
    (["nvme", "nic", "gpu", "gpu"], ["--class", "nvme"], ("card", "nvme")),
    (["nic", "nic", "gpu", "nvme"], ["--class", "nic"], ("card", "mlx5_")),
    (["swdma", "swdma", "nvme", "gpu"], [], ("card", "nvme")),
    (["swdma", "swdma"], [], None),
    (["gpu"], [], None),
]


def main():
    binary = sys.argv[1]
    for devices, arguments, expected in CASES:
        for inside in ((), ("dsa", "dsa")):
            with tempfile.TemporaryDirectory() as folder:
                sysfs.write_folder(sysfs.Tree(machine(devices, inside)).files, folder)
                came = example(binary, folder, *arguments)
            assert came == expected, (devices, arguments, inside, came, expected)
    print("%d machines, each with and without copy engines" % len(CASES))


if __name__ == "__main__":
    main()
