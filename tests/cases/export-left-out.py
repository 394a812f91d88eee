#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Exports: a number that is not known is not made up, and what a format has no room for is told.

usage: export-left-out.py P2PTOPO"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import gpudirect
from gpudirect import sysfs
from fabric import ROOT_PORT, Fabric

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
GPU = "3D controller [0302]: NVIDIA Corporation GA100 [A100 PCIe 40GB] [10de:20f1] (rev a1)\n"
NIC = "Infiniband controller [0207]: Mellanox Technologies MT28908 Family [ConnectX-6] [15b3:101b]\n"


def export(binary, source, *arguments, status=0, stdin=None):
    done = subprocess.run([binary, "--from", str(source), "export", *arguments], capture_output=True, check=False,
                          input=stdin, env={**os.environ, "LC_ALL": "C"}, text=True)
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done.stdout, done.stderr


def numbers(text):
    """By address: the number of the GPU in NCCL's file; None where it is left out."""
    found = re.findall(r'<pci busid="([^"]*)"[^>]*>\s*<gpu(?: dev="(\d+)")?/>', text)
    return {bdf: int(number) if number else None for bdf, number in found}


def gpus(*drivers):
    machine = Fabric(cpu="intel", nodes=1)
    host = machine.host(bus=0, node=0)
    for slot, driver in enumerate(drivers):
        host.port(ROOT_PORT, slot << 3).endpoint(0, "gpu", driver=driver)
    machine.number()
    names = [one.name for one in machine.functions() if one.kind == 0]
    return machine, names


def write(machine, scratch, name):
    folder = pathlib.Path(scratch) / name
    sysfs.write_folder(sysfs.Tree(machine).files, folder)
    return folder


def check_numbers(binary, scratch):
    """NVML counts all GPUs that its driver has, in address order, whatever the file has."""
    machine, names = gpus(*["nvidia"] * 4)
    source = write(machine, scratch, "four")
    assert numbers(export(binary, source, "nccl", "--with-devices", "-s", names[2])[0]) == {names[2]: 2}
    # In a guest it counts by the guest's addresses, and all that are passed through.
    rows = "".join(f"{name} 0000:{bus}:00.0\n" for name, bus in zip(names, ("0c", "06", "0b")))
    wanted = {"0000:06:00.0": 0, "0000:0b:00.0": 1, "0000:0c:00.0": 2}
    assert numbers(export(binary, source, "nccl", "--with-devices", "--map", "-", stdin=rows)[0]) == wanted
    found = export(binary, source, "nccl", "--with-devices", "--map", "-", "-s", names[0], stdin=rows)[0]
    assert numbers(found) == {"0000:0c:00.0": 2}
    # A GPU that is given away has no number, and does not count.
    # Whether one counts whose driver is not recorded is not known, nor then the numbers that follow.
    for third, wanted in (("vfio-pci", [None, 0, None, 1]), (None, [None, 0, None, None])):
        source = write(gpus("vfio-pci", "nvidia", third, "nvidia")[0], scratch, f"given-{third}")
        assert list(numbers(export(binary, source, "nccl", "--with-devices")[0]).values()) == wanted
    path = pathlib.Path(scratch) / "nn.txt"
    path.write_text("00:00.0 " + GPU + "00:01.0 " + GPU)
    assert list(numbers(export(binary, path, "nccl", "--with-devices")[0]).values()) == [None, None]


def check_room(binary, scratch):
    """NCCL has room for 255 elements of a file, and adds gpu, nic and net to a skeleton in the same room."""
    path = pathlib.Path(scratch) / "flat.txt"
    for count, others, status in ((126, 0, 0), (127, 0, 1), (2, 83, 0), (1, 84, 1), (0, 84, 0), (0, 85, 1)):
        path.write_text("".join(f"00:{at >> 3:02x}.{at & 7} {GPU if at < count else NIC}"
                                for at in range(count + others)))
        for option in ("--skeleton", "--with-devices"):
            out, said = export(binary, path, "nccl", option, status=status)
            assert out.count("<pci") == (0 if status else count + others)
            assert not status or "room for up to 255 elements" in said, said


def check_unplaced(binary, scratch):
    """A GPU and a NIC whose bridges are not in the text may share a complex or not."""
    path = pathlib.Path(scratch) / "part.txt"
    path.write_text("3b:00.0 " + GPU + "3c:00.0 " + NIC)
    out, said = export(binary, path, "nfd")
    assert "complexes.gpu-nic" not in out and "gpu-nic.worst=unknown" in out
    assert "above 2 of the GPUs and NICs is not known" in said
    for name in ("dra", "complexes"):
        assert "2 devices are left out of the file: which bridges are above is not known" in export(binary, path, name)[1]
    # Of two drives without their bridges the number says nothing.
    path.write_text("3b:00.0 " + "Non-Volatile memory controller [0108]: Samsung PM173X [144d:a826]\n")
    assert "complexes.gpu-nic=0" in export(binary, path, "nfd")[0]


def check_domains(binary, scratch):
    """Domains of more than 16 bits have no place in the files of NCCL and hwloc."""
    for name, nccl, hwloc in (("generated-wide-domains", 2, 4), ("generated-vmd", 0, 4)):
        source = next((FIXTURES / name).glob("tree.tar*"))
        said = export(binary, source, "nccl")[1]
        assert bool(nccl) == (f"{nccl} devices are left out of the file: NCCL has no" in said), said
        assert bool(nccl) != ("there is no GPU and no NIC" in said), said
        said = export(binary, source, "hwloc")[1]
        assert f"{hwloc} devices are left out of the file: hwloc has no PCI domains above ffff" in said, said
    # The guest has an address for it.
    rows = "mlx5_0 0000:06:00.0\n"
    source = next((FIXTURES / "generated-wide-domains").glob("tree.tar*"))
    out, said = export(binary, source, "nccl", "--map", "-", stdin=rows)
    assert 'busid="0000:06:00.0"' in out and not said, said


def check_nodes(binary, scratch):
    """hwloc: the functions of a host bridge are in the file also if it alone names its node."""
    source = next((FIXTURES / "generated-server-epyc").glob("tree.tar*"))
    tree = json.loads(subprocess.run([binary, "--from", source, "tree", "--json"], capture_output=True,
                                     check=True).stdout)
    wanted = export(binary, source, "hwloc")[0].count('type="PCIDev"')
    host = tree["host_bridges"][-1]
    host["numa_node"] = 7
    for function in tree["functions"]:
        function["numa_node"] = None if function["bdf"] in host["functions"] else function["numa_node"]
    path = pathlib.Path(scratch) / "node.json"
    path.write_text(json.dumps(tree))
    out, said = export(binary, path, "hwloc")
    assert out.count('type="PCIDev"') == wanted and "left out" not in said, said


def check_rdma(binary, scratch):
    """-s chooses complexes, too."""
    machine = gpudirect.nested((0x15b3, 0x1021), (0x8086, 0x352a))
    machine.hosts[0].port(ROOT_PORT, 0x10).endpoint(0, "nvme")
    machine.number()
    source = write(machine, scratch, "nested")
    names = [one.name for one in machine.functions() if one.vendor == 0x10de]
    drive = next(one.name for one in machine.functions() if one.kind == 0 and one.pciclass >> 8 == 0x0108)
    out, said = export(binary, source, "rdma-topo")
    assert out.count('"gpu_bdf"') == 2 and "1 device is left out of the file: in no complex" in said, said
    out, said = export(binary, source, "rdma-topo", "-s", names[1])
    assert out.count('"gpu_bdf"') == 1 and names[1] in out and names[0] not in out and not said, said
    out, said = export(binary, source, "rdma-topo", "-s", drive, status=1)
    assert not out and "select no function of a complex" in said, said


def main():
    with tempfile.TemporaryDirectory() as scratch:
        for check in (check_numbers, check_room, check_unplaced, check_domains, check_nodes,
                      check_rdma):
            check(sys.argv[1], scratch)


if __name__ == "__main__":
    main()
