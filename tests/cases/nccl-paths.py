#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`matrix --nccl`: where NCCL counts on what the drivers do not deliver, on small machines.

usage: nccl-paths.py P2PTOPO

That the path types are those which NCCL finds in its file of the same machine is in export.py."""

import json
import os
import subprocess
import sys
import tempfile

import ways
from ways import (A6000, AMD_CONFIG, B70, CX7, DIRECT, ERDMA, GB300, GRACE, H100, NVME, R3090, big, measured, nvidia,
                  pair, sysfs)

DRIVERS = {**nvidia("570.1.1"), **AMD_CONFIG}

# what, machine, path type, used, how it differs
PAIRS = [
    ("GPU and NIC below a switch", lambda: pair(measured.GENOA, H100, CX7, files=DRIVERS, switch=0),
     "PIX", True, None),
    ("ACS redirects", lambda: pair(measured.GENOA, H100, CX7, files=DRIVERS, switch=0x1d),
     "PIX", True, "through_root_complex"),
    ("a GPU whose driver refuses NICs", lambda: pair(measured.GENOA, R3090, ERDMA, files=DRIVERS, switch=0),
     "PIX", True, "not_delivered"),
    ("two root ports", lambda: pair(measured.GENOA, H100, CX7, files=DRIVERS), "PHB", False, "unused"),
    ("two GPUs with CPUs of AMD", lambda: pair(measured.CASTLE, A6000, A6000, files=DRIVERS),
     "PHB", True, None),
    ("the same, on record to hang", lambda: pair(measured.CASTLE, A6000, A6000, "DMA", DRIVERS),
     "PHB", True, "unknown"),
    ("two GPUs with CPUs of Intel", lambda: pair(measured.EMERALD, A6000, A6000, files=DRIVERS,
                                                 root=(0x8086, 0x352a)), "PHB", False, None),
    ("GPUs whose driver refuses each other", lambda: pair(measured.HASWELL, R3090, R3090, files=DRIVERS,
                                                          switch=0), "PIX", False, None),
    ("no software recorded", lambda: pair(measured.GENOA, H100, CX7, switch=0, release="x"),
     "PIX", True, "unknown"),
    ("C2C", lambda: pair("arm", GB300, CX7, "DMA", nvidia("580.65.6"), root=GRACE), "P2C", True, None),
    ("C2C, and the switch", lambda: pair("arm", GB300, DIRECT, "identity", nvidia("580.65.6"), root=GRACE,
                                         switch=0, groups=(1, 1)), "PIX", True, None),
    ("a GPU with another library", lambda: pair(measured.STORM, big(B70), big(B70), files=AMD_CONFIG,
                                                switch=0), "PIX", None, None),
    ("no device of NCCL", lambda: pair(measured.GENOA, H100, NVME, files=DRIVERS), None, False, None),
]


def cell(binary, make):
    with tempfile.TemporaryDirectory() as folder:
        machine = make()
        sysfs.write_folder(sysfs.Tree(machine).files, folder)
        provider, client = [f.name for f in machine.functions() if f.kind == 0 and f.driver][:2]
        done = subprocess.run([binary, "--from", folder, "--pci-ids", ways.PCI_IDS, "--all", "matrix", "--nccl",
                               "--json"], capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
    groups = json.loads(done.stdout)["groups"]
    names = [group["members"][0]["bdf"] for group in groups]
    return groups[names.index(provider)]["clients"][names.index(client)]["nccl"]


def main():
    wrong = []
    for what, make, path, uses, differs in PAIRS:
        said = cell(sys.argv[1], make)
        if said != {"path": path, "uses": uses, "differs": differs}:
            wrong.append(f"{what}: {said}, not {path} {uses} {differs}")
    print("\n".join(wrong) or f"{len(PAIRS)} pairs as NCCL and the drivers would have them")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
