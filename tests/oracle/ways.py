#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A second statement of the ways of p2ptopo-ways(7), held against p2ptopo on random pairs of devices
with random software.

It is written from that page and knows the machine as it was described, not from files: so what is
read of them is held, too.  The kernel's map type, the common bridge and the routes are p2ptopo's own,
which compare.py holds.

usage: ways.py P2PTOPO [COUNT [SEED]]"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "generate"), str(HERE.parent / "cases")]

import measured
import sysfs
import ways as cases

GPUS = [cases.gpu(0x2330), cases.gpu(0x2230), cases.gpu(0x2204), cases.gpu(0x31c2),
        cases.gpu(0x744c, 0x1002, "amdgpu"), cases.gpu(0x74a1, 0x1002, "amdgpu"),
        cases.gpu(0xe223, 0x8086, "xe"), cases.gpu(0x1020, 0x1da3, "habanalabs"),
        cases.gpu(0x7064, 0x1d0f, "neuron"), cases.gpu(0x56c0, 0x8086, "i915"),
        cases.gpu(0x2230, 0x10de, "vfio-pci")]
OTHERS = [cases.CX7, cases.DIRECT, cases.EFA, cases.NVME] + [
    ("nic", ids, driver) for ids, driver in (
        ((0x8086, 0x1592), "ice"), ((0x14e4, 0x1760), "bnxt_en"), ((0x19e5, 0xa222), "hns3"),
        ((0x1ae0, 0x0042), "gve"), ((0x8086, 0x10d3), "e1000e"), ((0x15b3, 0x1021), "vfio-pci"))]
RELEASES = ("4.18.0", "6.1.100", "6.12.9", "6.14.2", "6.16.2", "7.0.3", "7.2.1", "7.3.4", None)
OPTIONS = ("DMABUF_MOVE_NOTIFY", "HSA_AMD_P2P", "INFINIBAND_ON_DEMAND_PAGING", "VFIO_PCI_DMABUF", "HL_HLDIO")
FABRICS = [{"switch": None}, {"switch": 0}, {"switch": 0x1d}] * 3 + [
    {"switch": (0x08, 0)}, {"switch": (0, 0x04)}, {"switch": 0x1d, "above": 0x0d},
    {"switch": (0x08, 0), "above": 0x0d}, {"switch": 0x1d, "above": 0x1d},
    {"egress": cases.FORBIDS, "together": True}, {"egress": cases.FORBIDS}]
PINS = "efa ice bnxt_en mlx5_ib".split()
NAMED = {0x2204, 0x2330}                # GPUs that the pci.ids of the tests has, each of a chip of its own
SINCE = {"mlx5_core": (5, 12), "mlx5_ib": (6, 12), "efa": (5, 15), "ice": (6, 5), "bnxt_en": (6, 8)}


# -- answers: True, False, or None for unknown ---------------------------------------------

def both(*answers):
    return False if False in answers else None if None in answers else True


def no(answer):
    return None if answer is None else not answer


class Software:
    """What is loaded and set, as it is described; None is not recorded."""

    def __init__(self, draw):
        self.release = draw.choice(RELEASES)
        self.version = draw.choice((None, 565, 570, 580, 590, 595))
        self.open = draw.choice((True, False)) if self.version else None
        self.params = draw.random() < 0.7
        self.override = draw.choice((0, 0, 1, 2)) if self.params else None
        self.remap = draw.choice((1, 1, 0)) if self.params else None
        self.force = draw.choice((None, None, 0x11, 0)) if self.params else None
        self.peermem, self.nvfs = (draw.choice((True, False, None)) for _ in range(2))
        self.clients, self.hooks = (draw.choice((True, None)) for _ in range(2))
        self.registered = draw.choice((None, None, True))
        self.amdgpu = draw.choice((None, (6, 10, 5), (6, 14, 14)))
        self.pcie_p2p, self.xgmi = (draw.choice((True, False, None)) for _ in range(2))
        self.multipath = draw.choice((True, False, None))
        self.config = {name: draw.choice((True, False, None)) for name in OPTIONS}

    def files(self):
        files = {"proc/config": "CONFIG_PCI=y\nCONFIG_PCI_P2PDMA=y\n" + "".join(
            f"CONFIG_{name}=y\n" if value else f"# CONFIG_{name} is not set\n"
            for name, value in self.config.items() if value is not None)}
        symbols = [name for name, there in (("ib_register_peer_memory_client", self.clients),
                                            ("nvme_v1_register_nvfs_dma_ops", self.hooks)) if there]
        files["proc/kallsyms"] = "".join(f"0000000000000000 T {name}\t[m]\n" for name in
                                         symbols + ["pci_enable_device"])
        if self.version:
            kind = "UNIX Open Kernel Module for x86_64" if self.open else "UNIX x86_64 Kernel Module"
            files["proc/driver/nvidia/version"] = f"NVRM version: NVIDIA {kind}  {self.version}.10.1  Re\n"
        if self.params:
            registry = "" if self.force is None else "Odd=1;FORCEP2P=%#x" % self.force
            files["proc/driver/nvidia/params"] = (
                f"GrdmaPciTopoCheckOverride: {self.override}\nDmaRemapPeerMmio: {self.remap}\n"
                f'RegistryDwords: "{registry}"\n')
        for module, state in (("nvidia_peermem", self.peermem), ("nvidia_fs", self.nvfs)):
            if state is not None:
                files[f"sys/module/{module}/initstate"] = "live\n" if state else "going\n"
        if self.multipath is not None:
            files["sys/module/nvme_core/parameters/multipath"] = "NY"[self.multipath] + "\n"
        if self.registered:
            files["sys/kernel/mm/memory_peers/nv_mem/version"] = "1\n"
        if self.amdgpu:
            files["sys/module/amdgpu/version"] = "%d.%d.%d\n" % self.amdgpu
        for name, value in (("pcie_p2p", self.pcie_p2p), ("use_xgmi_p2p", self.xgmi)):
            if value is not None:
                files[f"sys/module/amdgpu/parameters/{name}"] = "NY"[value] + "\n"
        return files

    def since(self, *release):
        return None if self.release is None else tuple(map(int, self.release.split(".")))[:2] >= release

    def between(self, before, since):
        new = self.since(*since)
        return new if new is not False else False if self.since(*before) is False else None

    def branch(self, number):
        return None if self.version is None else self.version >= number


class Pair:
    def __init__(self, software, provider, client, domain, groups, fabric, row):
        self.software, self.fabric, self.row = software, fabric, row
        self.provider, self.client = provider[2], client[2]
        self.ids, self.client_ids = provider[1][1], client[1][1]
        self.domain, self.groups = domain, groups
        self.bar = provider[3]["bars"][0][0]
        self.named = client[3]["names"] == "rdma"
        self.common = row["kernel"]["common"] is not None
        self.zen = row["kernel"]["cpu_listed"]

    def kernel(self):
        return {"not_supported": False, "unknown": None}.get(self.row["kernel"]["map_type"], True)

    def dmabuf(self):
        if self.client not in SINCE:
            return False
        new = self.software.since(*SINCE[self.client]) or None
        return None if self.client.startswith("mlx5") and \
            self.software.config["INFINIBAND_ON_DEMAND_PAGING"] is False else new

    def rdma(self):
        """What a tree of others lacks is not known; EFA's driver is an RDMA driver."""
        return self.named or self.client == "efa" or self.client_ids == 0x2100 or None

    def umem(self):
        return {"mlx5_core": True, "ice": None, "bnxt_en": None, "efa": None}.get(self.client, False)

    def head(self):
        """No disk has a name here."""
        return self.software.since(7, 2) or (True if self.software.multipath is False else None)

    def chipset(self):
        """Neither root here is one of those where the driver wants a bridge; the override decides."""
        if self.ids == 0x31c2:
            return True
        answer = {None: None, 0: True, 1: True, 2: False}[self.software.override]
        new = self.software.branch(580)
        return True if new is False or answer is True else answer if new else None

    def group(self):
        same = self.groups[0] == self.groups[1]
        software, looks = self.software, no(self.software.branch(595))
        if looks is False or software.override == 0:
            return same
        if software.override is None:
            said = None
        elif software.override == 2:
            said = None if software.version is None else not software.branch(580)
        else:
            said = True
        return said if looks or said == same else None

    def large(self):
        """No BAR here can be resized; what the boards have makers tell."""
        have = {0x744c: 24, 0x74a1: 192, 0xe223: 32}.get(self.ids, 1 << 20)
        return True if self.bar >= have << 30 else False if self.bar <= 256 << 20 else None

    def peermem(self):
        software = self.software
        if software.registered:
            return True
        return False if software.peermem is False else software.peermem and software.clients or None

    def pin(self):
        if self.provider == "xe":
            return None                 # whether it is the kernel's own xe no tree of others tells
        return None if self.software.amdgpu is None else self.software.amdgpu >= (6, 14, 14)

    def revocable(self):
        return True if self.client == "mlx5_core" else \
            self.software.since(7, 3) if self.client == "ice" else False

    def nvidia(self):
        s, rdma = self.software, self.client in ("mlx5_core", *PINS, "hns3")
        geforce, coherent = self.ids == 0x2204, self.ids == 0x31c2
        if self.client == "nvidia":
            forced = s.force == 0x11
            if self.ids in (0x2330, 0x31c2) and self.client_ids in (0x2330, 0x31c2):
                yield "nvlink", [None], "link", "staged"
            else:
                yield "nvlink", [None], "link", "hidden"
            named = {self.ids, self.client_ids} <= NAMED
            same = True if forced or self.ids == self.client_ids else False if named else None
            yield ("nv-gpu", [s.force != 0, same, forced or not (geforce or self.client_ids == 0x2204)],
                   "nvidia+cap", "staged")
        if self.client_ids == 0x2100:
            yield "nv-dmabuf-pcie", [coherent, s.branch(570), self.group()], "raw", "refused"
        if coherent and (rdma or self.client == "nvme"):
            yield "nv-c2c", "nobody", "link", "staged"
        if rdma:
            yield ("nv-dmabuf", [self.rdma(), s.open, self.dmabuf(), self.chipset(), not geforce or None], "nvidia",
                   "refused")
            if self.client != "mlx5_ib":
                yield ("nv-peermem", [self.rdma(), self.peermem(), self.umem(), not geforce, self.chipset()], "nvidia",
                   "staged")
        if self.client in ("gve", "mlx5_core", "bnxt_en"):
            split = None                # whether headers can be split off is in no file
            yield ("nv-devmem", [s.open, s.between((6, 13), (7, 2)), split, self.chipset(), not geforce or None],
                   "nvidia", "staged")
        if self.client == "nvme":
            yield "gds-p2pdma", [None, s.since(6, 2), self.head(), self.kernel()], "p2pdma", "staged"
            yield "nvfs", ["nobody", s.nvfs, s.hooks, not geforce, self.chipset()], "nvidia", "staged"

    def amd_intel(self):
        s, large, kernel = self.software, self.large(), self.kernel()
        seen = large or None
        move = s.config["DMABUF_MOVE_NOTIFY"]
        move = s.since(7, 2) or None if move is None else move
        if self.provider == self.client == "amdgpu":
            if self.ids == self.client_ids == 0x74a1:
                yield "xgmi", [s.xgmi, None], "link", "staged"
            built = s.config["HSA_AMD_P2P"]
            kfd = s.pcie_p2p if s.pcie_p2p is not None else False if built is False else None
            yield "kfd", [kfd, large, kernel], "mapped+cap", "staged"
        if self.client == "mlx5_core":
            if self.provider == "amdgpu":
                yield "amd-peermem", [None, self.rdma()], "mapped", "hidden"
            yield "dmabuf-move", [self.rdma(), self.dmabuf(), move, seen, kernel], "mapped", "staged"
        if self.provider == self.client == "xe":
            yield "xe-gpu", [move, seen, kernel], "mapped", "staged"
        if self.client in PINS:
            yield "dmabuf-pin", [self.rdma(), self.dmabuf(), self.pin(), move, seen, kernel], "mapped", "staged"
        if self.client == "gve":
            yield "dmabuf-static", [False], "cpu", "staged"
        if self.client == "hns3":
            yield "dmabuf-none", [False], "cpu", "staged"

    def ways(self):
        """(name, conditions, addresses, what a refusal does), in the order in which they are tried."""
        s = self.software
        if self.provider == "nvidia":
            yield from self.nvidia()
        elif self.provider in ("amdgpu", "xe"):
            yield from self.amd_intel()
            if self.provider == "amdgpu" and self.client == "nvme":
                yield "ais", [None, self.head(), self.kernel()], "p2pdma", "staged"
        elif self.provider == "habanalabs":
            if self.client == "hns3":
                yield "dmabuf-none", [False], "cpu", "staged"
            if self.client in ("mlx5_core", *PINS):
                yield "gaudi", [self.rdma(), self.dmabuf(), self.kernel()], "mapped", "refused"
            if self.client == "habanalabs":
                yield "gaudi-ports", ["nobody", None], "link", "staged"
            if self.client == "nvme":
                yield "hldio", [s.config["HL_HLDIO"], None, self.head(), self.kernel()], "p2pdma", "staged"
        elif self.provider == "vfio-pci":
            if self.client in ("mlx5_core", *PINS):
                yield ("vfio-dmabuf", [s.since(6, 19), s.config["VFIO_PCI_DMABUF"], self.rdma(), self.dmabuf(),
                                       self.revocable(), self.kernel()], "p2pdma", "refused")
            if self.client == "vfio-pci":
                yield "vfio", "nobody", "guest", "refused"
        elif self.provider == "neuron" and self.client == "efa":
            yield "neuron-efa", ["nobody", None], "raw", "staged"
        elif self.provider == "i915":
            if self.client in ("i915", "xe", "mlx5_core", *PINS):
                yield "i915", [None], "mapped", "staged"
            yield "no-give", [False], "cpu", "staged"
        if self.client == "e1000e":
            yield "no-take", [False], "cpu", "staged"

    # -- delivery --

    def routes(self):
        return [self.row["fabric"][tlp]["route"] for tlp in ("request", "completion")]

    def route(self):
        """The worse of the two; what a root complex does between its ports is in nobody's ACS."""
        request, completion = routes = self.routes()
        if "blocked" in routes:
            return "blocked"
        if not self.common:
            return "unknown" if "egress" in self.fabric else "redirected"
        return "unknown" if "unknown" in routes else completion if request == "direct" else request

    def root(self):
        return "root-complex" if self.zen else "unknown"

    def raw(self, translates):
        route = self.route()
        if route != "redirected":
            return {"blocked": "broken", "direct": "direct"}.get(route, "unknown")
        by_id = self.common and self.routes() == ["direct", "redirected"]
        return "broken" if translates and not by_id else self.root()

    def translated(self, root):
        """What the IOMMU translates is in no window; completions go by ID, and root ports may look."""
        blocked = self.routes()[1] == "blocked" or not self.common and self.route() != "redirected"
        return "unknown" if blocked else root

    def permitted(self, translates):
        kind = self.row["kernel"]["map_type"]
        if kind == "bus_addr":
            return "unknown" if self.route() == "redirected" else self.raw(translates)
        if kind != "thru_host_bridge":
            return "unknown"
        if translates:
            return self.translated("root-complex")
        return self.raw(False) if self.route() in ("blocked", "unknown") else "root-complex"

    def delivered(self, addresses):
        translates = self.domain != "identity"
        if addresses in ("link", "guest", "cpu"):
            return {"link": "link", "guest": "unknown", "cpu": "staged"}[addresses]
        if addresses == "p2pdma":
            return self.permitted(translates)
        raw = self.raw(translates)
        mapped = self.translated(self.root()) if translates else self.raw(False)
        if addresses == "raw":
            return raw
        if addresses.startswith("nvidia"):
            remap = self.software.remap
            mapped = mapped if remap == 1 or raw == mapped else raw if remap == 0 else "unknown"
        worse = mapped in ("broken", "refused", "staged")
        return "unknown" if addresses.endswith("+cap") and translates and not worse else mapped

    def answer(self):
        """(granted, delivered, way)"""
        last = "unknown", "unknown", None
        for name, conditions, addresses, denied in self.ways():
            nobody = "nobody" in conditions
            conditions = [] if conditions == "nobody" else [c for c in conditions if c != "nobody"]
            holds, good = both(*conditions), self.delivered(addresses)
            if holds is False:
                if denied != "hidden" and name not in ("xgmi", "nvlink"):
                    last = "refused", denied, name
                continue
            if holds is None and denied == "hidden":
                continue
            if holds:
                return "not-asked" if nobody else "granted", good, name
            return "unknown", good if good == denied else "unknown", name
        return last


def describe(seed):
    draw = random.Random(seed)
    software = Software(draw)
    bars = {"bars": ((draw.choice((1 << 28, 1 << 32, 1 << 36, 1 << 38)), 12),)}
    provider = (*draw.choice(GPUS)[:3], bars)
    alike = [device for device in GPUS if device[2] == provider[2]]
    client = draw.choice(OTHERS + 2 * alike)[:3]
    names = "net" if draw.random() < 0.2 else "rdma" if client[0] == "nic" else None
    client = (*client, {"names": names} if client[0] == "nic" else {"names": None})
    domain, groups = draw.choice(("identity", "DMA", "DMA-FQ")), draw.choice(((1, 2), (1, 1)))
    zen, fabric = draw.random() < 0.6, draw.choice(FABRICS)
    machine = cases.pair(measured.GENOA if zen else measured.ARROW, provider, client, domain,
                         software.files(), groups=groups, **fabric,
                         root=measured.AMD_ROOT if zen else (0x8086, 0xae4d))
    if software.release:
        machine.files["proc/sys/kernel/osrelease"] = software.release + "\n"
    else:
        del machine.files["proc/sys/kernel/osrelease"]
    return machine, lambda row: Pair(software, provider, client, domain, groups, fabric, row)


def compare(binary, seed):
    machine, pair_of = describe(seed)
    with tempfile.TemporaryDirectory() as folder:
        sysfs.write_folder(sysfs.Tree(machine).files, folder)
        ends = [f.name for f in machine.functions() if f.kind == 0]
        done = subprocess.run([binary, "--from", folder, "--pci-ids", cases.PCI_IDS, "--kernel", "7.3",
                               "--all", "pairs", "--jsonl"], capture_output=True, check=True)
    for line in done.stdout.splitlines()[1:]:
        row = json.loads(line)
        if [row["provider"], row["client"]] != ends:
            continue
        pair = pair_of(row)
        said = tuple(row["drivers"][key] for key in ("granted", "delivered", "way"))
        if said != pair.answer():
            yield (f"seed {seed}, {pair.provider} {pair.ids:04x} to {pair.client} {pair.client_ids:04x}: "
                   f"{said}, not {pair.answer()}: {vars(pair.software)} {pair.domain} {row['drivers']['why']}")


def main():
    count, seed = (int(word) for word in [*sys.argv[2:], "200", "1"][:2])
    wrong = [line for n in range(seed, seed + count) for line in compare(sys.argv[1], n)]
    print("\n".join(wrong[:10]) or f"{count} pairs: both say the same")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
