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


def complexes(tool, machine, vpds=()):
    """export rdma-topo, which names what its own `topo -j` names; a list, or the sentence of a refusal."""
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder) / "tree"
        sysfs.write_folder(sysfs.Tree(machine).files, tree)
        for function, uuid in vpds:
            (tree / "sys" / function.path / "vpd").write_bytes(vpd(uuid))
        done = subprocess.run([tool, "--from", str(tree), "export", "rdma-topo"], capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def named(machine, device):
    return [function for function in machine.functions() if function.device == device]


def numa(adapters):
    """GPUs and adapters on root ports of their own, and a node with a GPU alone."""
    machine = Fabric(cpu="intel", nodes=2, iommu=True)
    for slot, (device, ats) in enumerate([(GB300[1], None), *adapters]):
        port = machine.host(bus=0x10 * slot, node=0).port(ROOT_PORT, 0, ids=(0x8086, 0x352a))
        port.endpoint(0, "gpu" if device == GB300[1] else "nic",
                      ids=(GB300 if device == GB300[1] else (0x15b3, device)), ats=ats)
    machine.host(bus=0x80, node=1).port(ROOT_PORT, 0, ids=(0x8086, 0x352a)).endpoint(0, "gpu", ids=GB300)
    machine.number()
    return machine


def check_complexes(tool):
    """The shapes, and the keys of each, as kernel-boot/rdma_topo of rdma-core has them in to_dict()."""
    machine = nested((0x15b3, 0x2100), (0x10de, 0x22b1))
    for bus in (0x80, 0xa0):
        machine.host(bus=bus, node=0).port(ROOT_PORT, 0, ids=(0x10de, 0x22b1)).endpoint(0, "nic",
                                                                                  ids=(0x15b3, 0x1023))
    machine.number()
    direct, gpus, adapters = (named(machine, device) for device in (0x2100, GB300[1], 0x1023))
    found = complexes(tool, machine, [(direct[0], b"one"), (direct[1], b"two"), (adapters[0], b"two"),
                                      (adapters[1], b"one")])
    wanted = [(adapters[0].name, direct[1].name, gpus[1].name), (adapters[1].name, direct[0].name, gpus[0].name)]
    if [(one["rdma_nic_pf_bdf"], one["rdma_dma_bdf"], one["gpu_bdf"]) for one in found] != wanted:
        yield f"Data Direct: {found}, not {wanted}"
    alone = complexes(tool, machine, [(adapters[1], b"one")])
    if "has no adapter" not in alone:
        yield f"a Data Direct function without its adapter: {alone}"

    machine = nested((0x15b3, 0x1023), (0x8086, 0x352a), ats=0)
    found = complexes(tool, machine)
    wanted = [(adapter.name, gpu.name) for adapter, gpu in zip(named(machine, 0x1023), named(machine, GB300[1]))]
    if [(one["rdma_nic_pf_bdf"], one["gpu_bdf"]) for one in found] != wanted or "rdma_nic_ats" not in found[0]:
        yield f"inline: {found}, not {wanted}"

    machine = numa([(0x1021, 0)])
    found = complexes(tool, machine)
    wanted = [{"numa_node": 0, "gpu_bdfs": [named(machine, GB300[1])[0].name], "subsystems": {},
               "rdma_nic_pf_bdf": named(machine, 0x1021)[0].name, "rdma_nic_ats": True}]
    if [{**one, "subsystems": {}} for one in found] != wanted:
        yield f"one adapter of a node: {found}, not {wanted}"
    machine = numa([(0x1021, None), (0x1021, None)])
    boards = complexes(tool, machine)[0]["rdma_nic_boards"]
    cards = [{"parent_bdf": host.children[0].name, "ats": False, "pf_bdfs": [host.children[0].children[0].name]}
             for host in machine.hosts if host.children[0].children[0].device == 0x1021]
    if boards != [{"board_sn": "UNKNOWN", "nics": cards}]:
        yield f"two adapters of a node: {boards}, not {cards}"


def main():
    tool = sys.argv[1]
    problems = [
        *check_complexes(tool),
        *check(tool, "Data Direct", nested((0x15b3, 0x2100), (0x10de, 0x22b1)), DATA_DIRECT),
        *check_joined(tool),
        *check(tool, "inline", nested((0x15b3, 0x1023), (0x8086, 0x352a)), INLINE),
    ]
    print("\n".join(problems) or "registers become what the vendor's tool demands")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
