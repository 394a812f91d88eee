# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine's PCI fabric from a compact description, and the files a capture of it holds.

    machine = Fabric(cpu="amd", nodes=2)
    root = machine.host(bus=0, node=0)
    port = root.port(ROOT_PORT, 0x08, acs=0x1d)
    port.endpoint(0, GPU)

A device is described by a row of DEVICES; a bridge by its port type.  Bus numbers and
addresses are given out when the files are made, so the same description gives the same bytes."""

from configspace import *               # the whole vocabulary

# kind: vendor, device, class, driver, speed, width, bars as (size, kind), names
DEVICES = {
    "gpu": (0x10de, 0x2330, 0x030200, "nvidia", 5, 16, ((1 << 24, 0), (1 << 37, 12)), "drm"),
    "igpu": (0x1002, 0x744c, 0x030000, "amdgpu", 4, 16, ((1 << 28, 12), (1 << 20, 0)), "drm"),
    "hdmi": (0x10de, 0x22ba, 0x040300, "snd_hda_intel", 4, 16, ((1 << 14, 0),), None),
    "nic": (0x15b3, 0x1021, 0x020700, "mlx5_core", 5, 16, ((1 << 25, 12),), "rdma"),
    "vf": (0x15b3, 0x101e, 0x020700, "mlx5_core", 5, 16, (), "rdma"),
    "eth": (0x8086, 0x1592, 0x020000, "ice", 4, 8, ((1 << 25, 12), (1 << 16, 12)), "net"),
    "nvme": (0x144d, 0xa824, 0x010802, "nvme", 4, 4, ((1 << 15, 4),), "nvme"),
    "fpga": (0x10ee, 0x5001, 0x120000, None, 3, 16, ((1 << 26, 12),), None),
    "swdma": (0x1000, 0xc030, 0x010700, None, 5, 16, ((1 << 16, 4),), None),
    "sata": (0x8086, 0xa182, 0x010601, "ahci", 0, 0, ((1 << 13, 0),), None),
    "usb": (0x8086, 0xa12f, 0x0c0330, "xhci_hcd", 0, 0, ((1 << 16, 4),), None),
    "lpc": (0x8086, 0xa144, 0x060100, None, 0, 0, (), None),
    "vmd": (0x8086, 0x28c0, 0x010400, "vmd", 0, 0, ((1 << 25, 12), (1 << 20, 12)), None),
    "dsa": (0x8086, 0x0b25, 0x088000, "idxd", 0, 0, ((1 << 16, 12),), None),
    "hostbridge": (0x8086, 0x2020, 0x060000, None, 0, 0, (), None),
    "vga": (0x1a03, 0x2000, 0x030000, "ast", 0, 0, ((1 << 24, 0),), None),
}
BRIDGES = {
    ROOT_PORT: (0x8086, 0x2030), UPSTREAM: (0x1000, 0xc030), DOWNSTREAM: (0x1000, 0xc030),
    PCI_BRIDGE: (0x1a03, 0x1150), PCIE_BRIDGE: (0x10b5, 0x8112), None: (0x104c, 0xac28),
}


class Function:
    """What was described; the address is filled in by Fabric.number()."""

    def __init__(self, above, devfn, vendor, device, pciclass, driver=None, **options):
        self.above, self.devfn = above, devfn
        self.vendor, self.device, self.pciclass, self.driver = vendor, device, pciclass, driver
        self.kind = options.pop("kind", 0)
        self.port_type = options.pop("port_type", None)
        self.speed, self.width = options.pop("speed", 4), options.pop("width", 16)
        self.now = options.pop("now", None)
        self.payload = options.pop("payload", above.host.fabric.payload)
        self.control = options.pop("control", above.host.fabric.control)
        self.power = options.pop("power", None)
        self.mbps = options.pop("mbps", None)
        self.bars = options.pop("bars", ())
        self.names = options.pop("names", None)
        self.acs = options.pop("acs", None)
        self.acs_raw = options.pop("acs_raw", None)
        self.ats = options.pop("ats", None)
        self.serial = options.pop("serial", None)
        self.more = options.pop("more", [])
        self.config_size = options.pop("config_size", 4096)
        self.group = options.pop("group", None)
        self.vfs, self.pf = [], None
        self.children = []
        self.nested = None
        self.bus = self.secondary = self.subordinate = None
        self.windows = (None, None)
        if options:
            raise TypeError("unknown option " + ", ".join(options))

    @property
    def host(self):
        return self.above.host

    @property
    def name(self):
        return "%04x:%02x:%02x.%x" % (self.host.domain, self.bus,
                                      self.devfn >> 3 & 0x1f, self.devfn & 7)

    @property
    def path(self):
        return self.above.path + "/" + self.name

    def _add(self, function):
        self.children.append(function)
        return function

    def endpoint(self, devfn, what, **options):
        vendor, device, pciclass, driver, speed, width, bars, names = DEVICES[what]
        vendor, device = options.pop("ids", (vendor, device))
        given = {"speed": speed, "width": width, "bars": bars, "names": names}
        conventional = self.kind == 1 and self.port_type in (None, PCI_BRIDGE)
        given["port_type"] = None if conventional else ENDPOINT
        given.update(options)
        driver = given.pop("driver", driver)
        return self._add(Function(self, devfn, vendor, device, pciclass, driver, **given))

    def port(self, port_type, devfn, **options):
        vendor, device = options.pop("ids", BRIDGES[port_type])
        driver = "pcieport" if port_type is not None else None
        return self._add(Function(self, devfn, vendor, device, 0x060400, driver, kind=1,
                                  port_type=port_type, **options))

    def virtual(self, count):
        """SR-IOV: VFs beside this PF."""
        for i in range(count):
            vendor, device, pciclass, driver, speed, width, bars, names = DEVICES["vf"]
            vf = Function(self.above, 0, self.vendor, device, self.pciclass, driver,
                          port_type=self.port_type, speed=speed, width=width, bars=bars,
                          names=names, acs=self.acs, config_size=self.config_size)
            vf.pf = self
            self.vfs.append(vf)
        return self.vfs

    def behind(self, domain, bus=0, **options):
        """A VMD's own domain, nested below this endpoint."""
        self.nested = Host(self.host.fabric, domain, bus, self.host.node, self)
        self.host.fabric.hosts.append(self.nested)
        return self.nested


class Host:
    """A host bridge and its root bus."""

    kind, port_type, acs = 0, None, None

    def __init__(self, fabric, domain, bus, node, inside=None):
        self.fabric, self.domain, self.bus, self.node = fabric, domain, bus, node
        self.inside = inside
        self.children = []

    @property
    def host(self):
        return self

    @property
    def path(self):
        above = self.inside.path if self.inside else "devices"
        return "%s/pci%04x:%02x" % (above, self.domain, self.bus)

    _add = Function._add
    port = Function.port

    def endpoint(self, devfn, what, **options):
        options.setdefault("port_type", INTEGRATED if what not in ("hostbridge", "lpc")
                           else None)
        return Function.endpoint(self, devfn, what, **options)


class Fabric:
    def __init__(self, cpu="intel", nodes=1, iommu=False, files=None):
        """files: path below the capture's top -> text, of the machine as a whole."""
        self.cpu, self.nodes, self.iommu = cpu, nodes, iommu
        self.files = files or {}
        self.group_type = "DMA"
        self.payload, self.control = 0, 0x2810
        self.hosts = []
        self.serial = 0x0002c90300a0b0c0

    def host(self, domain=0, bus=0, node=0):
        self.hosts.append(Host(self, domain, bus, node))
        return self.hosts[-1]

    def functions(self):
        """Every function in the order of the tree, VFs after their PF."""
        def below(node):
            for child in sorted(node.children, key=lambda c: c.devfn):
                yield child
                yield from child.vfs
                yield from below(child)
        for host in self.hosts:
            yield from below(host)

    def number(self):
        """Buses depth first, as firmware does; then addresses, a megabyte grain per BAR."""
        for host in self.hosts:
            self._number_below(host, host.bus, host.bus)
            Addresses(host).place()

    def _number_below(self, node, bus, last):
        for child in sorted(node.children, key=lambda c: c.devfn):
            child.bus = bus
            if child.kind == 1:
                child.secondary = last + 1
                last = self._number_below(child, last + 1, last + 1)
                child.subordinate = last
        for child in node.children:
            last = max(last, self._number_vfs(child, bus))
        if last > 0xff:
            raise ValueError("more than 256 buses")
        return last

    @staticmethod
    def _number_vfs(pf, bus):
        """Up to eight VFs behind device 16 of the same bus, more on the next bus."""
        start, step = (0x80, 8) if len(pf.vfs) <= 8 else (0x100, 64)
        pf.vf_offset = start + (step - 1) * (pf.devfn & 7)
        for i, vf in enumerate(pf.vfs):
            rid = (bus << 8 | pf.devfn) + pf.vf_offset + i
            vf.bus, vf.devfn = rid >> 8, rid & 0xff
        return max([bus] + [vf.bus for vf in pf.vfs])


class Addresses:
    """Places BARs and bridge windows of one root bus: 32-bit memory and 64-bit prefetchable."""

    GRAIN = 1 << 20

    def __init__(self, host):
        self.host = host
        index = [h for h in host.fabric.hosts if h.domain == host.domain].index(host)
        self.memory = 0x90000000 + index * 0x10000000
        self.prefetchable = 0x380000000000 + index * 0x020000000000

    def place(self):
        self._below(self.host)

    def _below(self, node):
        for child in sorted(node.children, key=lambda c: c.devfn):
            self._bars(child)
            start = self.memory, self.prefetchable
            self._below(child)
            if child.kind == 1:
                ends = self.memory, self.prefetchable
                child.windows = tuple((s, e - 1) if e > s else None
                                      for s, e in zip(start, ends))

    def _bars(self, function):
        function.placed, slot = [], 0
        for size, kind in function.bars:
            grain = max(size, self.GRAIN)
            which = "prefetchable" if kind & 8 else "memory"
            at = (getattr(self, which) + grain - 1) & ~(grain - 1)
            setattr(self, which, at + grain)
            function.placed.append((slot, at, size, kind))
            slot += 2 if kind & 4 else 1
