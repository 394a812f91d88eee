#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fix --goal gpudirect: what it changes is what NVIDIA's tool demands, no more and no less.

usage: gpudirect.py P2PTOPO

The demands are facts of kernel-boot/rdma_topo in rdma-core, stated here once more as bits of ACS
Control from SrcValid (1) to DirectTrans (0x40), port by port: set, cleared, or left alone."""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "generate"))

import sysfs
from fabric import DOWNSTREAM, ROOT_PORT, UPSTREAM, Fabric

CX = (0x15b3, 0x197c)
GB300 = (0x10de, 0x31c2)
DEFAULT = 0x1d                  # SV RR CR UF, as the kernel sets them


def nested(adapter, root_ids, ats=None):
    """Root port, a ConnectX's switch, the adapter on one port, the GPU below a second switch."""
    machine = Fabric(cpu="intel", nodes=1, iommu=True)
    for bus in (0x10, 0x40):
        host = machine.host(bus=bus, node=0)
        root = host.port(ROOT_PORT, 0, ids=root_ids, acs=DEFAULT)
        up = root.port(UPSTREAM, 0, ids=CX)
        near = up.port(DOWNSTREAM, 0x00, ids=CX, acs=DEFAULT)
        near.endpoint(0, "nic", ids=adapter, ats=ats)
        far = up.port(DOWNSTREAM, 0x08, ids=CX, acs=DEFAULT)
        second = far.port(UPSTREAM, 0, ids=CX)
        last = second.port(DOWNSTREAM, 0, ids=CX, acs=DEFAULT)
        last.endpoint(0, "gpu", ids=GB300)
    machine.number()
    return machine


def ports(machine):
    """By address: where each port stands."""
    places = {}
    for host in machine.hosts:
        root = host.children[0]
        up = root.children[0]
        near, far = up.children
        last = far.children[0].children[0]
        places.update({root.name: "root", near.name: "adapter", far.name: "gpu",
                       last.name: "other"})
    return places


DATA_DIRECT = {"adapter": (0x19, 0x04), "gpu": (0x15, 0x08), "root": (0x1c, 0x01),
               "other": (0x1d, 0x00)}
INLINE = dict.fromkeys(("adapter", "gpu", "root", "other"), (0x00, 0x1d))


def run(tool, tree, *arguments):
    return subprocess.run([tool, "--from", str(tree), "fix", "--goal", "gpudirect", "--json",
                           *arguments], capture_output=True, text=True)


def apply(controls, document):
    for change in document["registers"]:
        controls[change["bdf"]] = int(change["new"], 16)
    return controls


def check(tool, name, machine, demands):
    places = ports(machine)
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        sysfs.write_folder(sysfs.Tree(machine).files, tree)
        out = run(tool, tree)
    if not out.stdout:
        yield f"{name}: {out.stderr.strip()}"
        return
    controls = apply(dict.fromkeys(places, DEFAULT), json.loads(out.stdout))
    for address, place in places.items():
        wanted = DEFAULT if demands is None else demands[place][0] | (
            DEFAULT & ~demands[place][1])
        if demands is not None and controls[address] != wanted:
            yield (f"{name}: {place} {address} becomes {controls[address]:#04x}, the tool "
                   f"demands {wanted:#04x}")


def vpd(uuid):
    """An identifier string, then the fields of the read-only part, and the end tag."""
    fields = b"PN\x02CX" + b"V3" + bytes([len(uuid)]) + uuid
    return b"\x82\x02\x00CX\x90" + len(fields).to_bytes(2, "little") + fields + b"\x78"


def check_joined(tool):
    """The Data Direct function and its adapter have one UUID; another adapter has another."""
    machine = nested((0x15b3, 0x2100), (0x10de, 0x22b1))
    adapters = []
    for bus in (0x80, 0xa0):
        root = machine.host(bus=bus, node=0).port(ROOT_PORT, 0, ids=(0x10de, 0x22b1))
        adapters.append(root.endpoint(0, "nic", ids=(0x15b3, 0x1023)))
    machine.number()
    direct = next(f for f in machine.functions() if f.device == 0x2100)
    gpu = next(f for f in machine.functions() if f.device == GB300[1])
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        sysfs.write_folder(sysfs.Tree(machine).files, tree)
        for function, uuid in ((direct, b"one"), (adapters[0], b"two"), (adapters[1], b"one")):
            (tree / "sys" / function.path / "vpd").write_bytes(vpd(uuid))
        page = subprocess.run([tool, "--from", str(tree), "path", gpu.name, direct.name],
                              capture_output=True, text=True).stdout
    names = [name for name in (adapters[0].name, adapters[1].name)
             if f"memory regions of {name}" in " ".join(page.split())]
    if "does the DMA" not in " ".join(page.split()) or names not in ([], [adapters[1].name]):
        yield "the Data Direct function is not joined to its adapter"


def main():
    tool = sys.argv[1]
    problems = [
        *check(tool, "Data Direct", nested((0x15b3, 0x2100), (0x10de, 0x22b1)), DATA_DIRECT),
        *check_joined(tool),
        *check(tool, "inline", nested((0x15b3, 0x1023), (0x8086, 0x352a)), INLINE),
    ]
    print("\n".join(problems) or "registers become what the vendor's tool demands")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
