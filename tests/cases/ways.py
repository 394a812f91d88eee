#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said of the drivers on machines that people reported, also where it must be "unknown".

usage: ways.py P2PTOPO [REPORTS]

The first table is of machines made as small as the report allows.  REPORTS is a folder of machines
rebuilt from public reports, which are not part of the project: P2PTOPO_REPORTS of cmake."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "generate"))

import measured
import sysfs
from configspace import *               # the whole vocabulary

PCI_IDS = HERE.parent / "fixtures/pci.ids"
OPEN = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  %s  Release Build\n"


def nvidia(version, **options):
    """The files of NVIDIA's open modules; what is not said is at its default."""
    params = {"GrdmaPciTopoCheckOverride": 0, "DmaRemapPeerMmio": 1, "RegistryDwords": '""', **options}
    return {"proc/driver/nvidia/version": OPEN % version,
            "proc/driver/nvidia/params": "".join("%s: %s\n" % item for item in params.items())}


def pair(cpu, provider, client, domain="identity", files=None, release="6.12.9", switch=None,
         root=measured.AMD_ROOT, groups=(1, 2), above=None, egress=None, together=False):
    """Two devices on root ports of two host bridges, or below one switch whose ports have ACS @switch:
    one value, or one for each; below a port of another switch with ACS @above.  @egress: the ACS
    capability of the client's root port; @together: both root ports are of one host bridge.  A device is its kind,
    ids and driver."""
    machine = measured.start(cpu)
    machine.group_type = domain
    machine.files = {"proc/sys/kernel/osrelease": release + "\n", **(files or {})}
    devices = [(what, {"ids": ids, "driver": driver, "group": group, **options})
               for (what, ids, driver, *rest), group in zip((provider, client), groups)
               for options in [rest[0] if rest else {}]]
    if switch is None:
        hosts = [machine.host(bus=0)] * 2 if together else [machine.host(bus=0), machine.host(bus=0x40)]
        for slot, (what, options) in enumerate(devices):
            control = {"acs_raw": egress} if slot and egress else {"acs": 0}
            port = hosts[slot].port(ROOT_PORT, 0x08 << slot, ids=root, **control)
            port.endpoint(0, what, **options)
        return machine
    up = machine.host(bus=0).port(ROOT_PORT, 0x08, ids=root, acs=0).port(UPSTREAM, 0)
    if above is not None:
        up = up.port(DOWNSTREAM, 0, acs=above).port(UPSTREAM, 0)
    controls = switch if isinstance(switch, tuple) else (switch, switch)
    for slot, (what, options) in enumerate(devices):
        up.port(DOWNSTREAM, slot << 3, acs=controls[slot]).endpoint(0, what, **options)
    return machine


POOL = {"p2pmem/size": "1073741824", "p2pmem/available": "1073741824", "p2pmem/published": "1"}


def own(machine, *files):
    """Files in the folders of the provider and of the client."""
    machine.own = files
    return machine


def ends_of(machine):
    return [f for f in machine.functions() if f.kind == 0 and f.driver][:2]


def tree(machine):
    files = sysfs.Tree(machine).files
    for function, texts in zip(ends_of(machine), getattr(machine, "own", ())):
        files.update((f"sys/{function.path}/{name}", f"{text}\n".encode()) for name, text in texts.items())
    return files


def gpu(device, vendor=0x10de, driver="nvidia", **options):
    return "gpu", (vendor, device), driver, options


A6000, H100, GB300, TI1080, R3090, R5060 = (gpu(d) for d in (0x2230, 0x2330, 0x31c2, 0x1b06, 0x2204, 0x2d04))
MI210, R9700, MI300 = (gpu(d, 0x1002, "amdgpu") for d in (0x740f, 0x7551, 0x74a1))
B70 = gpu(0xe223, 0x8086, "xe")
CX7 = "nic", (0x15b3, 0x1021), "mlx5_core"
DIRECT = "nic", (0x15b3, 0x2100), "mlx5_ib"
EFA = "nic", (0x1d0f, 0xefa1), "efa"
ERDMA = "nic", (0x1ded, 0x107f), "erdma"
NVME = "nvme", (0x144d, 0xa824), "nvme"
NODES = "sys/devices/virtual/kfd/kfd/topology/nodes"


def kfd(linked, buses=(3, 4)):
    """amdgpu's topology of a processor and two GPUs below a switch, with or without links between them."""
    files = {f"{NODES}/0/properties": "cpu_cores_count 64\nsimd_count 0\nlocation_id 0\ndomain 0\n"}
    for i, bus in enumerate(buses):
        node = f"{NODES}/{i + 1}"
        files[f"{node}/properties"] = (f"simd_count 416\nlocation_id {bus << 8}\ndomain 0\n"
                                       f"io_links_count 1\np2p_links_count {int(linked)}\n")
        files[f"{node}/io_links/0/properties"] = f"type 2\nnode_from {i + 1}\nnode_to 0\n"
        if linked:
            files[f"{node}/p2p_links/0/properties"] = f"type 2\nnode_from {i + 1}\nnode_to {2 - i}\n"
    return files


FORBIDS = acs(0x20, 0x3f, 0xffffffff)
GRACE = (0x10de, 0x22b8)
AMD_CONFIG = {"boot/config-6.12.9": "CONFIG_PCI=y\nCONFIG_PCI_P2PDMA=y\nCONFIG_DMABUF_MOVE_NOTIFY=y\n"
                                    "CONFIG_HSA_AMD_P2P=y\nCONFIG_INFINIBAND_ON_DEMAND_PAGING=y\n",
              "sys/module/amdgpu/parameters/pcie_p2p": "Y\n"}
SINGLE = {**AMD_CONFIG, "sys/module/nvme_core/parameters/multipath": "N\n"}
LARGE = {"bars": ((1 << 36, 12),)}


def big(row):
    return row[0], row[1], row[2], LARGE


# report, machine, granted, delivered, way, words of its sentence
REPORTS = [
    ("NVIDIA/nccl#2079, translating", lambda: pair(measured.CASTLE, A6000, A6000, "DMA", nvidia("570.1.1")),
     "granted", "unknown", "nv-gpu", "reported to hang"),
    ("NVIDIA/nccl#2079, iommu=pt", lambda: pair(measured.CASTLE, A6000, A6000, files=nvidia("570.1.1")),
     "granted", "root-complex", "nv-gpu", "through the root complex"),
    ("NVIDIA/nccl#257", lambda: pair(measured.BROADWELL, TI1080, TI1080, "DMA", root=(0x8086, 0x2030)),
     "granted", "unknown", "nv-gpu", "iommu=pt"),
    ("Azure/azhpc-images#589", lambda: pair("arm", GB300, DIRECT, "DMA", nvidia("580.65.6"), root=GRACE),
     "not-asked", "link", "nv-c2c", "C2C"),
    ("the same, GrdmaPciTopoCheckOverride=1", lambda: pair(
        "arm", GB300, DIRECT, "identity", nvidia("580.65.6", GrdmaPciTopoCheckOverride=1), root=GRACE,
        switch=0), "granted", "direct", "nv-dmabuf-pcie", "directly"),
    ("the same with 595, which does not look at it", lambda: pair(
        "arm", GB300, DIRECT, "DMA", nvidia("595.45.4", GrdmaPciTopoCheckOverride=1), root=GRACE, switch=0),
     "not-asked", "link", "nv-c2c", "C2C"),
    ("nodewright-packages#111, one group", lambda: pair(
        "arm", GB300, DIRECT, "identity", nvidia("580.65.6"), root=GRACE, switch=0, groups=(1, 1)),
     "granted", "direct", "nv-dmabuf-pcie", "directly"),
    ("the same, recorded with the driver of the adapter", lambda: pair(
        "arm", GB300, ("nic", (0x15b3, 0x2100), "mlx5_core"), "identity", nvidia("580.65.6"), root=GRACE, switch=0,
        groups=(1, 1)), "granted", "direct", "nv-dmabuf-pcie", "directly"),
    ("intel/compute-runtime#935, two roots", lambda: pair(
        measured.ARROW, big(B70), big(B70), root=(0x8086, 0x4c43), files=AMD_CONFIG),
     "refused", "staged", "xe-gpu", "system memory"),
    ("the same, redirect", lambda: pair(
        measured.ARROW, big(B70), big(B70), root=(0x8086, 0x4c43), files=AMD_CONFIG, switch=0x1d),
     "refused", "staged", "xe-gpu", "system memory"),
    ("intel/compute-runtime#942, ACS clear", lambda: pair(
        measured.STORM, big(B70), big(B70), files=AMD_CONFIG, switch=0), "granted", "direct", "xe-gpu",
     "directly"),
    ("ogkm#1253, Arrow Lake", lambda: pair(
        measured.ARROW, A6000, CX7, root=(0x8086, 0xae4d), files={**nvidia("570.1.1"), **AMD_CONFIG}),
     "granted", "unknown", "nv-dmabuf", "peer reads fail"),
    ("ScaleX-IO/uGDS#18, dkms 6.10.5", lambda: pair(
        measured.GENOA, big(MI210), EFA, files={**AMD_CONFIG, "sys/module/amdgpu/version": "6.10.5\n"}),
     "refused", "staged", "dmabuf-pin", "without an error"),
    ("ROCm/rccl#1129, translating", lambda: pair(
        measured.GENOA, big(MI210), big(MI210), "DMA", files=AMD_CONFIG), "granted", "unknown", "kfd",
     "reported to hang"),
    ("the same, iommu=pt", lambda: pair(measured.GENOA, big(MI210), big(MI210), files=AMD_CONFIG),
     "granted", "root-complex", "kfd", "through the root complex"),
    ("ROCm/rocm-systems#11348, hardware that hangs", lambda: pair(
        measured.GENOA, big(R9700), big(R9700), files=AMD_CONFIG, switch=0), "granted", "direct", "kfd", ""),
    ("aikitoria/ogkm#43, two chips", lambda: pair(measured.HASWELL, R3090, R5060, files=nvidia("570.1.1")),
     "refused", "staged", "nv-gpu", "copies through system memory"),
    ("the same, one chip", lambda: pair(measured.HASWELL, R3090, R3090, files=nvidia("570.1.1")),
     "refused", "staged", "nv-gpu", "GeForce"),
    ("the same, forced", lambda: pair(
        measured.CASTLE, R3090, R5060, files=nvidia("570.1.1", RegistryDwords='"ForceP2P=0x11"')),
     "granted", "root-complex", "nv-gpu", "granted by nvidia"),
    ("NVIDIA/gds-nvidia-fs#75, no p2pmem", lambda: pair(
        measured.GENOA, H100, NVME, files=nvidia("575.1.1")), "unknown", "unknown", "gds-p2pdma", ""),
    ("NVIDIA/nccl-tests#252, ACS redirects", lambda: pair(
        measured.EMERALD, H100, CX7, root=(0x8086, 0x352a), switch=0x1d,
        files={**nvidia("550.1.1"), **AMD_CONFIG}), "granted", "unknown", "nv-dmabuf", "root complex"),
    ("kvcache-ai/Mooncake#983, erdma", lambda: pair(
        measured.EMERALD, R3090, ERDMA, files=nvidia("570.1.1")), "refused", "staged", "nv-peermem",
     "refuses GeForce"),
    ("nothing recorded of the software", lambda: pair(measured.GENOA, H100, CX7, switch=0, release="x"),
     "unknown", "unknown", "nv-dmabuf", "it is not known whether"),
]

# What was found by reading and not on record: machines on which one fact makes the difference.
MADE = [
    ("redirected below a port without Upstream Forwarding", lambda: pair(
        measured.GENOA, A6000, CX7, files={**nvidia("570.1.1"), **AMD_CONFIG}, switch=0x1d, above=0x0d),
     "granted", "broken", "nv-dmabuf", "a port blocks the requests"),
    ("the same, p2pmem", lambda: own(pair(
        measured.GENOA, NVME, NVME, files=SINGLE, switch=0x1d, above=0x0d), POOL),
     "granted", "broken", "p2pmem", "a port blocks the requests"),
    ("the same with Upstream Forwarding", lambda: own(pair(
        measured.GENOA, NVME, NVME, files=SINGLE, switch=0x1d, above=0x1d), POOL),
     "granted", "root-complex", "p2pmem", "through the root complex"),
    ("the same without it, but translated", lambda: own(pair(
        measured.GENOA, NVME, NVME, "DMA", files=SINGLE, switch=0x1d, above=0x0d), POOL),
     "granted", "unknown", "p2pmem", "also blocks those that the IOMMU translates"),
    ("the egress control of a root port forbids it", lambda: pair(
        measured.GENOA, H100, CX7, files={**nvidia("570.1.1"), **AMD_CONFIG},
        egress=FORBIDS, together=True), "granted", "broken", "nv-dmabuf", "a port blocks the requests"),
    ("the same, p2pmem", lambda: own(pair(
        measured.GENOA, NVME, NVME, files=SINGLE, egress=FORBIDS, together=True), POOL),
     "granted", "broken", "p2pmem", "a port blocks the requests"),
    ("the same, translated", lambda: own(pair(
        measured.GENOA, NVME, NVME, "DMA", files=SINGLE, egress=FORBIDS, together=True), POOL),
     "granted", "unknown", "p2pmem", "also blocks those that the IOMMU translates"),
    ("its vector has no bit for the other host bridge", lambda: pair(
        measured.GENOA, H100, CX7, files={**nvidia("570.1.1"), **AMD_CONFIG}, egress=FORBIDS),
     "granted", "unknown", "nv-dmabuf", "whether the egress control of a root port blocks"),
    ("Completion Redirect alone", lambda: pair(
        measured.ARROW, A6000, CX7, files={**nvidia("570.1.1"), **AMD_CONFIG}, root=(0x8086, 0xae4d),
        switch=(0x08, 0)), "granted", "unknown", "nv-dmabuf", "completions of reads"),
    ("the same, Zen", lambda: pair(
        measured.GENOA, A6000, CX7, files={**nvidia("570.1.1"), **AMD_CONFIG}, switch=(0x08, 0)),
     "granted", "root-complex", "nv-dmabuf", "writes go directly, but"),
]

MADE += [
    ("amdgpu's link, and p2pdma permits the pair", lambda: pair(
        measured.GENOA, MI210, MI210, files={**AMD_CONFIG, **kfd(True)}, switch=0),
     "granted", "direct", "kfd", "directly"),
    ("amdgpu's link, which p2pdma refuses by now", lambda: pair(
        measured.EMERALD, MI210, MI210, files={**AMD_CONFIG, **kfd(True)}, switch=0x1d, root=(0x8086, 0xae4d)),
     "refused", "refused", "kfd", "the kernel's p2pdma"),
    ("no link", lambda: pair(
        measured.GENOA, MI210, MI210, files={**AMD_CONFIG, **kfd(False)}, switch=0),
     "refused", "staged", "kfd", "has no link"),
]

REGISTERED = {"sys/kernel/mm/memory_peers/nv_mem/version": "1.0\n", "sys/module/nvidia_peermem/initstate": "live\n"}
MADE += [
    ("an adapter that has no RDMA at all", lambda: pair(
        measured.GENOA, H100, ("eth", (0x8086, 0x1572), "i40e"), files={**nvidia("570.1.1"), **AMD_CONFIG}, switch=0),
     "refused", "staged", "nv-peermem", "has no RDMA device"),
    ("an adapter whose RDMA device is not recorded", lambda: pair(
        measured.GENOA, H100, ("eth", (0x15b3, 0x1021), "mlx5_core"), files={**nvidia("570.1.1"), **AMD_CONFIG},
        switch=0), "unknown", "unknown", "nv-dmabuf", "whether eth0 has an RDMA device"),
    ("a driver that takes no memory of peer clients", lambda: pair(
        measured.GENOA, H100, ("nic", (0x19e5, 0xa222), "hns3"), files={**nvidia("570.1.1"), **REGISTERED}, switch=0),
     "refused", "staged", "nv-peermem", "hns3 registers no memory of peer clients"),
    ("one that may", lambda: pair(
        measured.GENOA, H100, ("nic", (0x1ded, 0x107f), "erdma"), files={**nvidia("570.1.1"), **REGISTERED}, switch=0),
     "unknown", "unknown", "nv-peermem", "erdma registers memory of peer clients"),
]

NO_MOVES = {**AMD_CONFIG, "boot/config-6.12.9": AMD_CONFIG["boot/config-6.12.9"].replace(
    "CONFIG_DMABUF_MOVE_NOTIFY=y", "# CONFIG_DMABUF_MOVE_NOTIFY is not set")}
GAUDI = gpu(0x1020, 0x1da3, "habanalabs")
MADE += [
    ("xe without CONFIG_DMABUF_MOVE_NOTIFY", lambda: pair(
        measured.GENOA, big(B70), big(B70), files=NO_MOVES, switch=0),
     "refused", "staged", "xe-gpu", "without CONFIG_DMABUF_MOVE_NOTIFY"),
    ("VRAM pinned by amdgpu, without it", lambda: pair(
        measured.GENOA, big(MI210), EFA, files={**NO_MOVES, "sys/module/amdgpu/version": "6.14.14\n"}, switch=0),
     "refused", "staged", "dmabuf-pin", "without CONFIG_DMABUF_MOVE_NOTIFY"),
    ("nvidia-fs where the driver is told to refuse", lambda: own(pair(
        measured.GENOA, A6000, NVME, files={
            **nvidia("580.65.6", GrdmaPciTopoCheckOverride=2), "sys/module/nvidia_fs/initstate": "live\n",
            "proc/kallsyms": "0 T pci_enable_device\n0 T nvme_v1_register_nvfs_dma_ops\t[nvme]\n"},
        switch=0, release="6.1.90")), "refused", "staged", "nvfs", "GrdmaPciTopoCheckOverride=2"),
    ("Gaudi without its memory in p2pdma", lambda: pair(
        measured.GENOA, GAUDI, NVME, files={"boot/config-6.12.9": "CONFIG_PCI=y\nCONFIG_PCI_P2PDMA=y\n"
                                                                  "CONFIG_HL_HLDIO=y\n"}, switch=0),
     "unknown", "unknown", "hldio", "has its memory registered"),
]

MADE += [
    ("an adapter's doorbells", lambda: pair(measured.GENOA, CX7, H100, files=nvidia("570.1.1"), switch=0),
     "unknown", "unknown", "nv-doorbell", "without root privileges"),
    ("the same with PeerMappingOverride", lambda: pair(
        measured.GENOA, CX7, H100, files=nvidia("570.1.1", RegistryDwords='"PeerMappingOverride=1;"'), switch=0),
     "granted", "direct", "nv-doorbell", "directly"),
]

MADE += [
    ("NVMe multipath, and nothing tells whether the drive has a head", lambda: own(pair(
        measured.GENOA, H100, NVME, files={**SINGLE, **nvidia("570.1.1"),
                                           "sys/module/nvme_core/parameters/multipath": "Y\n"}, switch=0), POOL),
     "unknown", "unknown", "gds-p2pdma", "takes peer memory; "),
    ("a disk without a head", lambda: own(pair(
        measured.GENOA, H100, NVME, files={**SINGLE, **nvidia("570.1.1"),
                                           "sys/module/nvme_core/parameters/multipath": "Y\n"}, switch=0),
        POOL, {"nvme/nvme0/nvme0n1/size": "0"}), "granted", "direct", "gds-p2pdma", "directly"),
    ("a drive into another's buffer, behind a head", lambda: own(pair(
        measured.GENOA, NVME, NVME, files=AMD_CONFIG, switch=0), POOL, {"nvme/nvme1/nvme1c1n1/size": "0"}),
     "refused", "refused", "p2pmem", "is a multipath head"),
]

MADE += [
    ("a BAR of 8 GiB of 64", lambda: pair(
        measured.GENOA, gpu(0x740f, 0x1002, "amdgpu", bars=((1 << 33, 12),)), MI210, files=AMD_CONFIG, switch=0),
     "unknown", "unknown", "kfd", "exposes all of its memory; "),
    ("a small BAR, which dma-buf can use", lambda: pair(
        measured.GENOA, gpu(0x740f, 0x1002, "amdgpu", bars=((1 << 28, 12),)), CX7, files=AMD_CONFIG, switch=0),
     "unknown", "unknown", "dmabuf-move", "; if so, the data go directly"),
    ("and peer access of ROCm cannot", lambda: pair(
        measured.GENOA, gpu(0x740f, 0x1002, "amdgpu", bars=((1 << 28, 12),)), MI210, files=AMD_CONFIG, switch=0),
     "refused", "staged", "kfd", "exposes only part"),
]

# A second partition of the first GPU, the links of which could not be read.
TORN = {f"{NODES}/3/properties": "simd_count 416\nlocation_id 768\ndomain 0\nio_links_count 0\np2p_links_count 2\n"}
MADE += [
    ("no link, of one of two partitions", lambda: pair(
        measured.GENOA, MI210, MI210, files={**AMD_CONFIG, **kfd(False), **TORN}, switch=0),
     "granted", "direct", "kfd", "directly"),
    ("MI300X in a guest", lambda: pair(
        measured.GENOA, gpu(0x74b5, 0x1002, "amdgpu"), gpu(0x74b5, 0x1002, "amdgpu"), files=AMD_CONFIG),
     "unknown", "unknown", "xgmi", "over xGMI"),
    ("Grace Hopper, whose memory is not mapped over PCIe", lambda: pair(
        "arm", gpu(0x2342), DIRECT, "identity", nvidia("580.65.6"), root=GRACE, switch=0, groups=(1, 1)),
     "not-asked", "link", "nv-c2c", "C2C"),
]

# machine of the folder, provider and client, delivered and way of one pair, words of its sentence
MACHINES = [
    ("ada5880x2-trx", "0000:41:00.0", "0000:61:00.0", "unknown", "nv-gpu", "reported to hang"),
    ("bdw-4x1080ti", "0000:02:00.0", "0000:82:00.0", "staged", "nv-gpu", "root ports are on different buses"),
    ("bdw-4x1080ti", "0000:02:00.0", "0000:03:00.0", "unknown", "nv-gpu", "reported to hang"),
    ("romed8-4x3090", "0000:01:00.0", "0000:46:00.0", "staged", "nv-gpu", "a patched one grants it"),
    # What was copied there went through the root complex; whether its kernel has DMABUF_MOVE_NOTIFY nobody wrote.
    ("b70-m12swa", "0000:23:00.0", "0000:27:00.0", "unknown", "xe-gpu", "the data go through the root complex"),
    ("mi325x-turin", "0000:05:00.0", "0000:15:00.0", "unknown", "xgmi", "over xGMI"),
    ("mi325x-turin", "0000:05:00.0", "0000:06:00.0", "unknown", "dmabuf-pin", "pins VRAM"),
    ("near-order", "0000:03:00.0", "0000:04:00.0", "unknown", "nv-dmabuf", "open kernel modules"),
    ("mi50-pex88096", "0000:a7:00.0", "0000:ac:00.0", "unknown", "vfio", "nobody is asked"),
    ("h200-vm-flat", "0000:05:00.0", "0000:0d:00.0", "unknown", "nv-dmabuf", "the host's switches"),
    ("arl-z890-gdr", "0000:02:00.0", "0000:01:00.0", "unknown", "nv-dmabuf", "peer reads fail"),
    ("openeuler-zhaoxin", "0000:01:00.0", "0000:02:00.0", "unknown", "p2pmem-rdma", ""),
    ("gb300-stock", "0001:06:00.0", "0001:03:00.0", "unknown", "nv-dmabuf-pcie", "one IOMMU group"),
    ("gb300-good", "0001:06:00.0", "0001:03:00.0", "unknown", "nv-dmabuf-pcie", "one IOMMU group"),
    ("inline-stock", "0000:06:00.0", "0000:03:00.0", "unknown", "nv-dmabuf", "open kernel modules"),
    ("inline-good", "0000:06:00.0", "0000:03:00.0", "unknown", "nv-dmabuf", "open kernel modules"),
    ("mi300", "0000:03:00.0", "0000:05:00.0", "unknown", "xgmi", "over xGMI"),
    ("trn", "0000:03:00.0", "0000:04:00.0", "unknown", "neuron-efa", "EFA takes memory of NEURON"),
    ("hgx", "0001:03:00.0", "0001:05:00.0", "unknown", "nvlink", "whether their baseboard links them"),
    ("h200-vm-flat", "0000:05:00.0", "0000:06:00.0", "unknown", "nvlink", "whether their baseboard links them"),
]


def ask(binary, tree, *arguments):
    done = subprocess.run([binary, "--from", tree, "--pci-ids", PCI_IDS, *arguments, "--jsonl"],
                          capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
    return [json.loads(line) for line in done.stdout.splitlines()[1:]]


def differs(name, drivers, wanted, words):
    """A line for what is not as wanted."""
    said = tuple(drivers[key] for key in ("granted", "delivered", "way"))
    if any(want is not None and want != have for want, have in zip(wanted, said)):
        return f"{name}: {' '.join(map(str, said))}, not {' '.join(map(str, wanted))}: {drivers['why']}"
    if words not in drivers["why"]:
        return f"{name}: '{words}' is not in: {drivers['why']}"
    return None


def shared(binary, tree, ends):
    """What can be expected of a pair is what it gets when nothing else runs, also where a driver grants what p2pdma refuses."""
    rows = ask(binary, tree, "--all", "pairs", "--kernel", "4.20")
    row = [r for r in rows if (r["provider"], r["client"]) == tuple(ends)][0]
    if not row["speed"]["write"]["score"]:
        return None
    out = subprocess.run([binary, "--from", tree, "--kernel", "4.20", "flows", f"{row['client']}>{row['provider']}", "--json"],
                         stdout=subprocess.PIPE, check=True).stdout
    flow = json.loads(out)["flows"][0]
    if abs(flow["share_gbytes_per_second"] - row["speed"]["write"]["gbytes_per_second"]) < 0.01:
        return None
    return f"{row['client']}>{row['provider']}: {row['speed']['write']} alone, {flow} of flows"


def made(binary):
    for name, make, granted, delivered, way, words in REPORTS + MADE:
        with tempfile.TemporaryDirectory() as folder:
            machine = make()
            sysfs.write_folder(tree(machine), folder)
            ends = [f.name for f in ends_of(machine)]
            rows = ask(binary, folder, "--all", "pairs")
            row = [r for r in rows if (r["provider"], r["client"]) == tuple(ends)]
            yield shared(binary, folder, ends)
        yield differs(name, row[0]["drivers"], (granted, delivered, way), words)


def narrowed(binary):
    """A link that got narrower matters to a pair that the driver grants, whatever p2pdma says of it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, width in (("old", 16), ("new", 4)):
            card = gpu(0x2230, width=width)
            machine = pair(measured.CASTLE, A6000, card, files=nvidia("570.1.1"))
            sysfs.write_folder(sysfs.Tree(machine).files, f"{folder}/{name}")
        out = subprocess.run([binary, "--kernel", "4.20", "diff", f"{folder}/old", f"{folder}/new", "--json"],
                             stdout=subprocess.PIPE, check=False).stdout
    rows = json.loads(out)["pairs"]
    speeds = [(row["before"]["write_gbytes_per_second"], row["after"]["write_gbytes_per_second"]) for row in rows]
    return None if speeds and all(was and now and was > now for was, now in speeds) else f"narrowed: {speeds}"


def relinked(binary):
    """What amdgpu was told when it was loaded says nothing of other registers, or of another kernel."""
    with tempfile.TemporaryDirectory() as folder:
        machine = pair(measured.EMERALD, big(MI210), big(MI210), files={**AMD_CONFIG, **kfd(False)}, switch=0x1d,
                       root=(0x8086, 0xae4d))
        sysfs.write_folder(tree(machine), folder)
        out = subprocess.run([binary, "--from", folder, "what-if", "acs=all,ReqRedir-,CmpltRedir-", "--json"],
                             stdout=subprocess.PIPE, check=True).stdout
        sides = [[row[side]["drivers"]["delivered"] for row in json.loads(out)["pairs"]]
                 for side in ("before", "after")]
    with tempfile.TemporaryDirectory() as folder:
        machine = pair(measured.GENOA, big(MI210), big(MI210), files={**AMD_CONFIG, **kfd(False)}, switch=0)
        sysfs.write_folder(tree(machine), folder)
        other = [row["drivers"]["granted"] for row in ask(binary, folder, "--kernel", "7.3", "pairs")]
    if sides != [["staged"] * 2, ["direct"] * 2] or other != ["granted"] * 2:
        return f"relinked: {sides}, {other}"
    return None


PERFTEST = """Finding PCIe BUS {provider}
                    RDMA_Write BW Test
 Dual-port       : OFF		Device         : {client}
 #bytes     #iterations    BW peak[Gb/sec]    BW average[Gb/sec]   MsgRate[Mpps]
 65536      5000             42.00            41.70		   0.188187
"""


def linked(binary):
    """Where the data go over C2C, what the path over PCIe carries is no figure, to print, to check or to compare with."""
    with tempfile.TemporaryDirectory() as folder:
        def run(command, text):
            file = pathlib.Path(folder, "input")
            file.write_text(text, encoding="ascii")
            return subprocess.run([binary, "--from", f"{folder}/tree", command, file if text else f"{client}>{provider}",
                                   "--json"], stdout=subprocess.PIPE, check=False).stdout

        machine = pair("arm", GB300, ("nic", (0x15b3, 0x1023), "mlx5_core"), "DMA", nvidia("580.65.6"), root=GRACE)
        sysfs.write_folder(tree(own(machine, {}, {"infiniband/mlx5_0/node_guid": "0"})), f"{folder}/tree")
        row = [r for r in ask(binary, f"{folder}/tree", "pairs") if r["drivers"]["delivered"] == "link"][0]
        provider, client = row["provider"], row["client"]
        expect = {"provider": {"bdf": provider}, "client": {"bdf": client}, "expect": {"write_gbytes_at_least": 0.1}}
        flow = json.loads(run("flows", ""))["flows"][0]
        found = json.loads(run("check", json.dumps({"format": "p2ptopo-check", "version": 1, "pairs": [expect]})))["findings"][0]
        figure = json.loads(run("measured", PERFTEST.format(provider=provider, client="mlx5_0")))["figures"][0]
    told = [(s["limit"], s["known"], s["gbytes_per_second"], s["score"]) for s in row["speed"].values()]
    told += [(flow["limit"], flow["known"], flow["share_gbytes_per_second"]), found["result"],
             (figure["predicted"]["gbytes_per_second"], figure["finding"])]
    wanted = [("own_link", False, None, None)] * 2 + [("own_link", False, 0), "unknown", (None, "unknown")]
    return None if told == wanted else f"linked: {told}"


def left_alone(binary):
    """NVIDIA's ACS for Data Direct, which p2pdma refuses and nobody asks it about: `fix` does not undo it."""
    with tempfile.TemporaryDirectory() as folder:
        machine = pair("arm", GB300, DIRECT, "identity", nvidia("580.65.6"), root=GRACE, switch=(0x15, 0x19), groups=(1, 1))
        sysfs.write_folder(tree(machine), f"{folder}/tree")
        row = ask(binary, f"{folder}/tree", "pairs")[0]
        fix = json.loads(subprocess.run([binary, "--from", f"{folder}/tree", "fix", row["provider"], row["client"], "--json"],
                                        stdout=subprocess.PIPE, check=False).stdout)
    told = fix["pairs"][0]["advice"], row["drivers"]["delivered"], \
        row["kernel"]["map_type"], len(fix["registers"])
    wanted = "fine", "direct", "not_supported", 0
    return None if told == wanted else f"left alone: {told}"


def rebuilt(binary, folder):
    for name, provider, client, delivered, way, words in MACHINES:
        rows = ask(binary, folder / f"{name}.tar.xz", "--all", "pairs")
        row = [r for r in rows if (r["provider"], r["client"]) == (provider, client)]
        yield differs(f"{name} {provider} {client}", row[0]["drivers"], (None, delivered, way), words)


def main():
    binary, folder = sys.argv[1], None
    if sys.argv[2:]:
        folder = pathlib.Path(sys.argv[2] or "reports") / "machines"
        if not folder.is_dir():
            print(f"skipped: P2PTOPO_REPORTS names no folder with machines ({folder})")
            return 77
    checked = list(rebuilt(binary, folder)) if folder else [*made(binary), narrowed(binary), relinked(binary), linked(binary),
                                                                     left_alone(binary)]
    wrong = [line for line in checked if line]
    print("\n".join(wrong) or f"{len(checked)} pairs as reported")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
