# SPDX-License-Identifier: GPL-2.0-or-later
"""Random fabrics by seed: every shape that the rule treats differently, often enough to meet
its neighbours.  The same seed gives the same machine."""

import random

from configspace import *               # the whole vocabulary
from fabric import Fabric

KINDS = ("gpu", "nic", "eth", "nvme", "fpga", "swdma", "hdmi", "usb")
CPUS = ("intel", "intel", "amd", "amd-old", "hygon", "arm", None)
# First devices of root buses: on the whitelist of some release, of every release, of none.
ROOTS = ((0x1022, 0x1450), (0x8086, 0x3c00), (0x8086, 0x2f01), (0x8086, 0x2030),
         (0x8086, 0x2020), (0x8086, 0x09a2), (0x1ae0, 0x4321), (0x8086, 0x0b25),
         (0x8086, 0x4948), (0x10de, 0x2f97), (0x8086, 0x6f00), (0x8086, 0x0c08),
         (0x1d17, 0x1003), (0x1d17, 0x1008), (0x1ded, 0x8000), (0x8086, 0x29c0),
         (0x1022, 0x1480), (0x8086, 0x3c01))


# What may say of the IOMMU, where no group does.
BOOTS = (None, None, "quiet", "intel_iommu=off", "intel_iommu=on", "iommu=off", "amd_iommu=off",
         "intel_iommu=sm_on,off iommu=pt", 'x="iommu=off " amd-iommu="off"', "-- iommu=off")
CONFIGS = ("", "CONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\n",
           "CONFIG_INTEL_IOMMU=y\nCONFIG_INTEL_IOMMU_DEFAULT_ON=y\n",
           "# CONFIG_AMD_IOMMU is not set\n", "# CONFIG_INTEL_IOMMU is not set\n")


def software(seed):
    """Of draws of their own: the fabric of a seed stays what it is."""
    draw = random.Random("software %d" % seed)
    files = {"proc/cmdline": draw.choice(BOOTS), "proc/config": draw.choice(CONFIGS)}
    return {path: text + "\n" for path, text in files.items() if text}


class Maker:
    """whole: nothing is hidden, and a PCI core that probes the machine finds every function."""

    def __init__(self, seed, whole=False):
        self.random = random.Random(seed)
        self.whole = whole
        self.quiet = self.random.random() < 0.4         # few unknowns, few odd things
        self.redirects = self.random.choice((0.0, 0.1, 0.5))
        self.machine = Fabric(cpu=self.random.choice(CPUS),
                              nodes=self.random.choice((1, 2, 2, 4)),
                              iommu=self.random.random() < 0.5, files=software(seed))
        self.left = self.random.randint(6, 40)

    def chance(self, often):
        return self.random.random() < often

    def odd(self, often):
        return self.chance(often / 4 if self.quiet else often)

    def node(self):
        return -1 if self.odd(0.15) else self.random.randrange(self.machine.nodes)

    def control(self):
        """ACS Control: mostly bits that do not redirect, sometimes ones that do."""
        word = self.random.choice((0, 0, 0x01, 0x11, 0x13, 0x40, 0x51, 0x1f80))
        if self.chance(self.redirects):
            word |= self.random.choice((0x04, 0x08, 0x20, 0x0c, 0x1d, 0x2c, 0x44))
        return word

    def traits(self, port):
        """Options that any function may have."""
        options = {}
        if self.chance(0.8 if port else 0.15):
            options["acs"] = self.control()
        if self.odd(0.06):
            options.pop("acs", None)
            options["acs_raw"] = self.random.choice((
                acs_dword(0x0c), acs(0x04, capability=0x3f, vector=0xff),
                acs(0x20, capability=0x20)))
        if self.odd(0.12) and not self.whole:
            options["config_size"] = self.random.choice((64, 64, 256, 0))
        if self.chance(0.3):
            options["serial"] = self.random.getrandbits(64)
        if self.odd(0.1):
            options["more"] = [pri(), pasid()]
        if self.odd(0.03):
            options["more"] = [(0x000b, 1, bytes(12)), acs(0x2c)]
        return options

    def device(self, above, devfn, **fixed):
        options = self.traits(False) | fixed
        function = above.endpoint(devfn, self.random.choice(KINDS), **options)
        self.left -= 1
        return function

    def slot(self, above, alone=True):
        """What hangs in a slot: one function, several, or a PF with VFs."""
        if self.odd(0.12):
            count = self.random.choice((2, 8, 12)) if alone else 2
            pf = self.device(above, 0)
            pf.virtual(count)
            self.left -= count
            return
        functions = set(self.random.sample(range(8), self.random.choice((1, 1, 1, 2, 3))))
        for function in sorted(functions | {0} if self.whole else functions):
            self.device(above, function)

    def conventional(self, above, devfn):
        """A PCIe-to-PCI bridge, or a plain PCI bridge, with 256-byte functions behind."""
        kind = self.random.choice((PCI_BRIDGE, None))
        size = {} if kind else {"config_size": 256}
        bridge = above.port(kind, devfn, **size)
        for device in range(self.random.randint(1, 2)):
            bridge.endpoint(device << 3, self.random.choice(("eth", "usb", "vga")),
                            config_size=256 if self.whole else
                            self.random.choice((256, 256, 64, 4096)))
            self.left -= 1

    def switch(self, above, depth):
        up = above.port(UPSTREAM, 0, **self.traits(False))
        for number in sorted(self.random.sample(range(12), self.random.randint(1, 4))):
            if self.left <= 0:
                break
            down = up.port(DOWNSTREAM, number << 3, **self.traits(True))
            self.below(down, depth + 1)
        if self.odd(0.1):
            self.device(above, 1)

    def below(self, port, depth):
        if depth < 4 and self.chance(0.35):
            self.switch(port, depth)
        elif self.odd(0.08):
            self.conventional(port, 0)
        elif self.chance(0.95):
            self.slot(port)

    def root_bus(self, host):
        ids = self.random.choice(ROOTS)
        first = self.random.choice(("hostbridge", "port", "late port", "late endpoint"))
        sizes = {"config_size": self.random.choice((64, 0))} if self.odd(0.1) and not self.whole else {}
        if first == "hostbridge":
            host.endpoint(0, "hostbridge", ids=ids,
                          **({"config_size": 256} | sizes))
        elif first == "port":
            self.below(host.port(ROOT_PORT, 0, ids=ids, acs=self.control()), 0)
        elif first == "late port":
            self.below(host.port(ROOT_PORT, 0x10, ids=ids, **sizes), 0)
        else:
            host.endpoint(0x08, "dsa", ids=ids, **sizes)
        for device in sorted(self.random.sample(range(3, 15), self.random.randint(1, 3))):
            if self.left <= 0:
                break
            if self.odd(0.15):
                self.slot_on_root(host, device)
            else:
                self.below(host.port(ROOT_PORT, device << 3, **self.traits(True)), 0)

    def slot_on_root(self, host, device):
        """Integrated endpoints, a conventional bridge, or a VMD with a domain inside."""
        what = self.random.choice(("integrated", "integrated", "bridge", "vmd"))
        if what == "integrated":
            for function in range(self.random.randint(1, 2)):
                pf = self.device(host, device << 3 | function, port_type=INTEGRATED)
                if self.chance(0.2):
                    pf.virtual(2)
        elif what == "bridge":
            self.conventional(host, device << 3)
        else:
            inside = host.endpoint(device << 3, "vmd").behind(
                0x10000 + len(self.machine.hosts))
            self.root_bus(inside)

    def make(self):
        for number in range(self.random.randint(1, 4)):
            domain = number if self.chance(0.3) else 0
            host = self.machine.host(domain=domain, bus=0x40 * number, node=self.node())
            self.root_bus(host)
        return self.machine


def make(seed, whole=False):
    return Maker(seed, whole).make()
