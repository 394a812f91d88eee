#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
What rdma_topo dump prints of a captured tree, made here as rdma-core's rdma_topo has it: each fact and
each verdict is that of the capture or unknown, and the verdicts that registers decide are known.
"""

import base64
import json
import os
import pathlib
import sys
import tarfile
import tempfile
import zlib

from lspci import FIXTURES
from pasted import differences, run, verdicts

IGNORED = ("bc06sc00", "bc06sc01", "bc08sc07", "bc08sc80", "bc11sc01", "bc13sc00")
KINDS = ("drm", "infiniband", "net", "nvme")


def packed(data):
    return base64.b64encode(zlib.compress(data)).decode()


def read(path):
    return path.read_bytes() if path.exists() else None


def modalias(folder):
    words = {name: int(read(folder / name) or b"0", 16)
             for name in ("vendor", "device", "subsystem_vendor", "subsystem_device", "class")}
    kind = words["class"]
    return (f"pci:v{words['vendor']:08X}d{words['device']:08X}sv{words['subsystem_vendor']:08X}"
            f"sd{words['subsystem_device']:08X}bc{kind >> 16:02X}sc{kind >> 8 & 255:02X}"
            f"i{kind & 255:02X}")


def entry(folder):
    """SysfsDevice.to_dict()"""
    group, node = folder / "iommu_group", read(folder / "numa_node")
    vpd = read(folder / "vpd")
    facts = {"realpath": "/sys" + str(folder.resolve()).rpartition("/sys")[2],
             "config": packed(read(folder / "config")),
             "iommu_group": int(os.readlink(group).rpartition("/")[2]) if group.is_symlink() else None,
             "modalias": modalias(folder), "numa_node": int(node) if node else None,
             "subsystems": {kind: sorted(os.listdir(folder / kind)) for kind in KINDS
                            if (folder / kind).is_dir()}}
    return facts | ({"vpd": packed(vpd)} if vpd else {})


def dump(tree):
    folders = sorted((pathlib.Path(tree) / "sys/bus/pci/devices").iterdir())
    entries = [entry(folder) for folder in folders]
    return [one for one in entries if not any(word in one["modalias"] for word in IGNORED)]


def compare_functions(source, capture, dumped):
    wrong = 0
    known = {facts["bdf"]: facts for facts in capture["functions"]}
    for facts in dumped["functions"]:
        for key, was, came in differences(known[facts["bdf"]], facts):
            # The driver that has the name of a device is not in it, nor the PF of a VF.
            if key in ("display", "class", "multifunction") or facts["physfn"] is None and \
                    known[facts["bdf"]]["physfn"]:
                continue
            print(f"{source}: {facts['bdf']}: {key}: {was}, from rdma_topo {came}")
            wrong += 1
    return wrong


def compare_pairs(source, capture, dumped):
    known, wrong, equal = dict(verdicts(capture)), 0, 0
    for key, came in verdicts(dumped):
        equal += came == known.get(key)
        if came not in ("unknown", known.get(key, came)):
            print(f"{source}: {key}: {known[key]}, from rdma_topo {came}")
            wrong += 1
    return wrong, equal


def check(binary, tree, file):
    file.write_text(json.dumps(dump(tree), indent=4))
    capture, dumped = run(binary, tree, "tree", "--json")[0], run(binary, str(file), "tree", "--json")
    if dumped[0] is None:
        print(f"{tree}: {dumped[1]}")
        return 1, 0
    wrong = compare_functions(tree, capture, dumped[0])
    pairs = [run(binary, source, "--kernel", "6.12", "pairs", "--all", "--json")[0]
             for source in (tree, str(file))]
    more, equal = compare_pairs(tree, *pairs)
    return wrong + more, equal


def main():
    wrong = equal = 0
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("generated-vmd", "vm-switch2", "vm-sriov"):
            tree = f"{scratch}/{name}"
            with tarfile.open(FIXTURES / name / "tree.tar.xz") as archive:
                archive.extractall(tree)
            more, same = check(sys.argv[1], tree, pathlib.Path(scratch) / "dump.json")
            wrong, equal = wrong + more, equal + same
    print(f"{equal} verdicts as the captures have them, {wrong} wrong")
    return wrong > 0 or equal == 0


if __name__ == "__main__":
    sys.exit(main())
