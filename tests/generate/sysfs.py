# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of a capture of a Fabric: /sys and /proc as a Linux machine shows them, as a folder
or a tar that has the same bytes each time; and the text of `lspci -xxxx`."""

import io
import os
import subprocess
import tarfile

from configspace import *               # the whole vocabulary

FLAGS = {0: 0x40200, 4: 0x140204, 12: 0x14220c}
CPUINFO = {
    "amd": ("AuthenticAMD", 25, 17, "AMD EPYC 9654 96-Core Processor"),
    "amd-old": ("AuthenticAMD", 21, 2, "AMD Opteron(tm) Processor 6386 SE"),
    "hygon": ("HygonGenuine", 24, 1, "Hygon C86 7285 32-core Processor"),
    "intel": ("GenuineIntel", 6, 85, "Intel(R) Xeon(R) Platinum 8280 CPU @ 2.70GHz"),
    "desktop": ("GenuineIntel", 6, 167, "11th Gen Intel(R) Core(TM) i7-11700K @ 3.60GHz"),
}
ARM = "processor\t: 0\nBogoMIPS\t: 50.00\nCPU implementer\t: 0x41\nCPU part\t: 0xd4f\n\n"


def cpuinfo(cpu, processors):
    if cpu == "arm":
        return ARM * processors
    vendor, family, model, name = CPUINFO.get(cpu, cpu)
    return "".join("processor\t: %d\nvendor_id\t: %s\ncpu family\t: %d\nmodel\t\t: %d\n"
                   "model name\t: %s\nphysical id\t: %d\n\n" % (i, vendor, family, model, name, i)
                   for i in range(processors))


# -- configuration space of one function -------------------------------------------------

def capabilities(function):
    standard, extended = [power_management()], []
    if function.kind == 0:
        standard.append(msix())
    if function.port_type is not None:
        standard.append(pcie(function.port_type, max(function.speed, 1),
                             max(function.width, 1), function.port_type in (4, 6),
                             payload=function.payload, now=function.now,
                             control=function.control))
        extended.append(aer())
    if function.serial is not None:
        extended.append(dsn(function.serial))
    if function.acs is not None:
        extended.append(acs(function.acs))
    if function.acs_raw is not None:
        extended.append(function.acs_raw)
    if function.ats is not None:
        extended.append(ats(function.ats))
    if function.vfs:
        extended.append(ari())
        extended.append(sriov(64, len(function.vfs), function.vf_offset, 1,
                              function.vfs[0].device, function.devfn & 7))
    return standard, extended + function.more


def config_space(function):
    pf = function.pf
    siblings = [f for f in function.above.children if f.devfn >> 3 == function.devfn >> 3]
    config = header(0xffff if pf else function.vendor, 0xffff if pf else function.device,
                    function.pciclass, function.kind, not pf and len(siblings) > 1,
                    (function.vendor, 0x0001))
    standard, extended = capabilities(function)
    standard_chain(config, standard)
    if function.port_type is not None or function.config_size > 256:
        extended_chain(config, extended)
    if not pf:
        put_bars(config, [(slot, at, kind) for slot, at, _, kind in function.placed])
    if function.kind == 1:
        put_buses(config, function.bus, function.secondary, function.subordinate)
        put_windows(config, *function.windows)
    return bytes(config[:function.config_size])


def resource(function):
    lines = ["0x%016x 0x%016x 0x%016x" % (0, 0, 0)] * (17 if function.kind else 13)
    if not function.pf:
        for slot, at, size, kind in function.placed:
            lines[slot] = "0x%016x 0x%016x 0x%016x" % (at, at + size - 1, FLAGS[kind])
    if function.kind:
        for slot, window, flags in ((14, function.windows[0], 0x200),
                                    (15, function.windows[1], 0x102201)):
            if window:
                lines[slot] = "0x%016x 0x%016x 0x%016x" % (*window, flags)
    return "\n".join(lines) + "\n"


# -- files -------------------------------------------------------------------------------

class Link(str):
    """The target of a symbolic link."""


class Tree:
    """path -> bytes or Link, below the capture's top."""

    SPEEDS = {1: "2.5", 2: "5.0", 3: "8.0", 4: "16.0", 5: "32.0", 6: "64.0"}

    def __init__(self, machine, lean=False):
        self.files, self.machine, self.lean = {}, machine, lean
        self.counts = {}
        machine.number()
        for i, function in enumerate(machine.functions()):
            self.function(function, i)
        if machine.cpu:
            self.text("proc/cpuinfo", cpuinfo(machine.cpu, machine.nodes))
        for path, text in machine.files.items():
            self.text(path, text)
        for name in ("online", "possible"):
            self.text("sys/devices/system/node/" + name,
                      "0-%d\n" % (machine.nodes - 1) if machine.nodes > 1 else "0\n")
        for node in range(machine.nodes):
            self.text("sys/devices/system/node/node%d/cpulist" % node, "%d\n" % node)
        if machine.iommu:
            self.text("sys/devices/virtual/iommu/dmar0/uevent", "")
            self.link("sys/class/iommu/dmar0", "sys/devices/virtual/iommu/dmar0")
        else:
            self.files["sys/class/iommu"] = None

    def text(self, path, text):
        self.files[path] = text.encode()

    def link(self, path, target):
        """Relative, as sysfs makes them."""
        self.files[path] = Link(os.path.relpath(target, os.path.dirname(path)))

    def next(self, what):
        self.counts[what] = self.counts.get(what, -1) + 1
        return self.counts[what]

    def function(self, function, index):
        folder = "sys/" + function.path
        node = function.host.node
        if function.config_size:
            self.files[folder + "/config"] = config_space(function)
        for name, text in (("vendor", "0x%04x" % function.vendor),
                           ("device", "0x%04x" % function.device),
                           ("class", "0x%06x" % function.pciclass),
                           ("numa_node", "%d" % node)):
            self.text(folder + "/" + name, text + "\n")
        self.text(folder + "/resource", resource(function))
        self.link("sys/bus/pci/devices/" + function.name, folder)
        if function.pf:
            self.link(folder + "/physfn", "sys/" + function.pf.path)
        for i, vf in enumerate(function.vfs):
            self.link("%s/virtfn%d" % (folder, i), "sys/" + vf.path)
        if self.machine.iommu and function.kind == 0:
            self.group(function, folder, index)
        if not self.lean:
            self.details(function, folder, node, index)

    def group(self, function, folder, index):
        number = index if function.group is None else function.group
        group = "sys/kernel/iommu_groups/%d" % number
        self.text(group + "/type", self.machine.group_type + "\n")
        self.link("%s/devices/%s" % (group, function.name), folder)
        self.link(folder + "/iommu_group", group)

    def details(self, function, folder, node, index):
        texts = [("subsystem_vendor", "0x%04x" % function.vendor),
                 ("subsystem_device", "0x0001"), ("revision", "0x01"),
                 ("irq", "%d" % (16 + index)), ("enable", "1"),
                 ("local_cpulist", "%d" % node if node >= 0 else "0")]
        if function.port_type not in (None, INTEGRATED):
            most = function.speed, function.width
            for word, (speed, width) in (("current", function.now or most), ("max", most)):
                speed = self.SPEEDS.get(speed, "2.5")
                texts.append((word + "_link_speed", speed + " GT/s PCIe"))
                texts.append((word + "_link_width", "%d" % width))
        if function.power:
            texts.append(("power_state", function.power))
        if function.kind:
            texts.append(("secondary_bus_number", "%d" % function.secondary))
            texts.append(("subordinate_bus_number", "%d" % function.subordinate))
        if function.vfs:
            texts.append(("sriov_totalvfs", "64"))
            texts.append(("sriov_numvfs", "%d" % len(function.vfs)))
        for name, text in texts:
            self.text(folder + "/" + name, text + "\n")
        if function.driver:
            driver = "sys/bus/pci/drivers/" + function.driver
            self.link(folder + "/driver", driver)
            self.link(driver + "/" + function.name, folder)
        if function.names:
            getattr(self, "names_" + function.names)(function, folder)

    def classed(self, folder, classname, name, filename, text):
        self.text("%s/%s/%s/%s" % (folder, classname, name, filename), text)
        self.link("sys/class/%s/%s" % (classname, name),
                  "%s/%s/%s" % (folder, classname, name))

    def names_drm(self, function, folder):
        number = self.next("drm")
        for name in ("card%d" % number, "renderD%d" % (128 + number)):
            self.classed(folder, "drm", name, "dev", "226:%d\n" % number)

    def port(self, function, folder, name):
        """What a network interface runs at, where the description tells."""
        if function.mbps is not None:
            self.text("%s/net/%s/speed" % (folder, name), "%d\n" % function.mbps)

    def names_net(self, function, folder):
        number = self.next("net")
        self.port(function, folder, "eth%d" % number)
        self.classed(folder, "net", "eth%d" % number, "address",
                     "02:00:00:00:%02x:%02x\n" % (number >> 8, number & 0xff))

    def names_rdma(self, function, folder):
        number = self.next("rdma")
        self.port(function, folder, "ib%d" % number)
        self.classed(folder, "infiniband", "mlx5_%d" % number, "node_guid",
                     "0200:00ff:fe00:%04x\n" % number)
        self.classed(folder, "net", "ib%d" % number, "address",
                     "02:00:00:01:%02x:%02x\n" % (number >> 8, number & 0xff))

    def names_nvme(self, function, folder):
        number = self.next("nvme")
        self.classed(folder, "nvme", "nvme%d" % number, "model", "GENERATED DRIVE\n")


# -- what they are written as ------------------------------------------------------------

def write_folder(files, top):
    made = set()
    for path, content in files.items():
        full = os.path.join(top, path)
        above = full if content is None else os.path.dirname(full)
        if above not in made:
            os.makedirs(above, exist_ok=True)
            made.add(above)
        if isinstance(content, Link):
            os.symlink(content, full)
        elif content is not None:
            with open(full, "wb") as file:
                file.write(content)


def tar_bytes(files):
    """Sorted, without times and owners: equal trees give equal bytes."""
    folders = set()
    for path, content in files.items():
        above = path if content is None else os.path.dirname(path)
        while above:
            folders.add(above)
            above = os.path.dirname(above)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(folders | set(files)):
            entry, content = tarfile.TarInfo(path), files.get(path)
            entry.mtime, entry.mode = 0, 0o644
            if content is None:
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(entry)
            elif isinstance(content, Link):
                entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, str(content), 0o777
                archive.addfile(entry)
            else:
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def write_tar(files, path):
    plain = tar_bytes(files)
    if path.endswith(".tar"):
        packed = plain
    else:
        packed = subprocess.run(["xz", "-9e", "-T1", "-c"], input=plain, check=True,
                                stdout=subprocess.PIPE).stdout
    with open(path, "wb") as file:
        file.write(packed)


def without(files, missing):
    """The same tree without some functions; what lies below one still has it in its path."""
    gone = tuple("sys/%s/" % function.path for function in missing)
    links = {"sys/bus/pci/devices/" + function.name for function in missing}
    return {path: content for path, content in files.items() if path not in links
            and not (path.startswith(gone) and os.path.dirname(path) + "/" in gone)}


def dump(machine, missing=()):
    """The text of `lspci -xxxx -D` (names left out); 4096 bytes where the function has them."""
    machine.number()
    out = []
    for function in sorted(machine.functions(), key=lambda f: (f.host.domain, f.bus, f.devfn)):
        if not function.config_size or function in missing:
            continue
        config = config_space(function)
        out.append("%s %04x: %04x:%04x" % (function.name, function.pciclass >> 8,
                                           function.vendor, function.device))
        out.extend("%02x: %s" % (at, config[at:at + 16].hex(" "))
                   for at in range(0, len(config), 16))
        out.append("")
    return "\n".join(out) + "\n"
