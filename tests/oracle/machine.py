# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture tells about a machine: functions, their parents, and the bytes of their
configuration space.  Three kinds of capture: a directory, a tar, the text of `lspci -x...`.

Nothing is decided here.  A fact that the capture does not hold is None."""

import io
import json
import os
import posixpath
import re
import subprocess
import tarfile

BDF = re.compile(r"^([0-9a-f]{4,8}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$")
HOST = re.compile(r"^pci[0-9a-f]{4,8}:[0-9a-f]{2}$")
DEVICES = "sys/bus/pci/devices"


class BadCapture(Exception):
    """The input is none of the forms, or holds no function."""


class Function:
    """One PCI function; `parent` is the name of the bridge above it or None on a root bus."""

    def __init__(self, name):
        domain, bus, device, function = (int(x, 16) for x in BDF.match(name).groups())
        self.name = name
        self.domain, self.bus, self.devfn = domain, bus, device << 3 | function
        self.parent = None
        self.listed = True          # False: only named in the path of what lies below it
        self.lost = False           # in a dump: its way up ends before a root bus
        self.host = None
        self.physfn = None
        self.config = None
        self.config_size = None
        self.vendor = self.device = self.pciclass = None
        self.numa = None
        self.iommu_group = None

    def key(self):
        return (self.domain, self.bus, self.devfn)


class Machine:
    def __init__(self):
        self.functions = {}
        self.zen = None
        self.order = None           # (bus << 8 | devfn, ids) as the kernel added them
        self.picked = False         # a list that may leave out functions of root buses
        self.no_iommu = False       # as far as the command line and the configuration say
        self.nodes = None

    def ordered(self):
        return sorted(self.functions.values(), key=Function.key)


def word(config, at):
    return config[at] | config[at + 1] << 8


def pcie_capability(config):
    """Offset of the PCIe capability in 256 or more bytes, 0 if there is none."""
    if not word(config, 6) & 0x10:
        return 0
    at = config[0x14 if config[14] & 0x7f == 2 else 0x34]
    for _ in range(48):
        at &= ~3
        if at < 0x40 or config[at] == 0xff:
            return 0
        if config[at] == 0x10:
            return at
        at = config[at + 1]
    return 0


def port_type(config):
    """Type of the PCIe port, or None: conventional, or not told."""
    at = pcie_capability(config) if len(config) >= 256 else 0
    return word(config, at + 2) >> 4 & 0xf if at else None


# -- the capture as files ----------------------------------------------------------------

class DirectoryFiles:
    def __init__(self, top):
        self.top = top

    def _real(self, path):
        return os.path.join(self.top, path)

    def names(self, path):
        try:
            return sorted(os.listdir(self._real(path)))
        except OSError:
            return None

    def read(self, path):
        try:
            with open(self._real(path), "rb") as file:
                return file.read()
        except OSError:
            return None

    def link(self, path):
        try:
            return os.readlink(self._real(path))
        except OSError:
            return None


class TarFiles:
    def __init__(self, archive):
        self.content, self.links, self.children = {}, {}, {}
        for member in archive:
            path = posixpath.normpath(member.name).lstrip("/")
            if path in ("", ".") or path.startswith(".."):
                continue
            self._enter(path)
            if member.issym():
                self.links[path] = member.linkname
            elif member.isfile():
                self.content[path] = archive.extractfile(member).read()
            elif member.islnk():
                self.content[path] = self.content.get(posixpath.normpath(member.linkname))
            elif member.isdir():
                self.children.setdefault(path, set())

    def _enter(self, path):
        while path:
            above, name = posixpath.split(path)
            self.children.setdefault(above, set()).add(name)
            path = above

    def _resolve(self, path):
        done = ""
        for part in path.split("/"):
            done = posixpath.join(done, part)
            for _ in range(8):
                if done not in self.links:
                    break
                done = posixpath.normpath(posixpath.join(posixpath.dirname(done),
                                                         self.links[done]))
        return done

    def names(self, path):
        found = self.children.get(self._resolve(path))
        return None if found is None else sorted(found)

    def read(self, path):
        return self.content.get(self._resolve(path))

    def link(self, path):
        above, name = posixpath.split(path)
        return self.links.get(posixpath.join(self._resolve(above), name))


def open_tar(path):
    try:
        with tarfile.open(path, "r:*") as archive:
            return TarFiles(archive)
    except tarfile.TarError:
        pass
    with open(path, "rb") as file:
        if file.read(4) != b"\x28\xb5\x2f\xfd":
            return None
    plain = subprocess.run(["zstd", "-dc", path], check=True, stdout=subprocess.PIPE).stdout
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        return TarFiles(archive)


def find_top(files):
    """The prefix of the folder that holds sys/: the top itself, or one level down."""
    for prefix in [""] + [name + "/" for name in files.names("") or []]:
        if files.names(prefix + DEVICES) is not None:
            return prefix
    raise BadCapture("no sys/bus/pci/devices")


# -- sysfs -------------------------------------------------------------------------------

def number(text, base=0):
    try:
        return int(text.decode("ascii", "replace").strip(), base)
    except (AttributeError, ValueError):
        return None


def place(machine, function, target):
    """Parent and host bridge, from the real path of the device's folder."""
    parts = target.split("/")
    last = max(i for i, part in enumerate(parts) if HOST.match(part))
    chain = [part for part in parts[last + 1:] if BDF.match(part)]
    if not chain or chain[-1] != function.name:
        raise BadCapture("path of %s does not end in it" % function.name)
    function.host = "/".join(parts[:last + 1])
    function.parent = chain[-2] if len(chain) > 1 else None
    for above, name in zip([None] + chain, chain[:-1]):
        if name not in machine.functions:
            missing = machine.functions[name] = Function(name)
            missing.host, missing.parent, missing.listed = function.host, above, False


def read_function(files, top, machine, name, sizes):
    function = machine.functions[name]
    target = files.link(top + DEVICES + "/" + name)
    if target is None:
        raise BadCapture("%s is no link" % name)
    inside = posixpath.normpath(posixpath.join(DEVICES, target))
    place(machine, function, inside)
    folder = top + inside + "/"
    function.config = files.read(folder + "config")
    function.config_size = sizes.get(inside + "/config")
    function.vendor = number(files.read(folder + "vendor"), 16)
    function.device = number(files.read(folder + "device"), 16)
    function.pciclass = number(files.read(folder + "class"), 16)
    function.numa = number(files.read(folder + "numa_node"))
    function.iommu_group = files.link(folder + "iommu_group") is not None
    physfn = files.link(folder + "physfn")
    if physfn is not None:
        function.physfn = posixpath.basename(physfn)
    elif function.config and len(function.config) >= 4 and None in (function.vendor,
                                                                   function.device):
        function.vendor, function.device = word(function.config, 0), word(function.config, 2)


def manifest_sizes(files, top):
    """Sizes that our own capture recorded; empty for a foreign tree."""
    for prefix in (top, ""):
        text = files.read(prefix + "manifest.json")
        if text is None:
            continue
        try:
            manifest = json.loads(text)
            if manifest.get("format") == "p2ptopo-capture":
                return {entry["path"]: entry.get("size")
                        for entry in manifest.get("files", [])}
        except (ValueError, AttributeError, KeyError, TypeError):
            pass
    return {}


def cpu_values(text):
    """The first processor's paragraph, which is the boot CPU's."""
    paragraph = (text or b"").decode("utf-8", "replace").strip("\n").split("\n\n")[0]
    values = {}
    for line in paragraph.splitlines():
        if ":" in line:
            key, value = line.split(":", 1)
            values.setdefault(key.strip(), value.strip())
    return values


def cpu_is_zen(text):
    """The kernel's question about that CPU."""
    values = cpu_values(text)
    if not values:
        return None
    if "vendor_id" not in values:
        return None if "cpu family" in values else False
    if values["vendor_id"] != "AuthenticAMD":
        return False
    family = number(values.get("cpu family", "").encode(), 10)
    return None if family is None else family >= 0x17


# -- the IOMMU, where no group was recorded ------------------------------------------------

def settings_of(cmdline):
    """(name, value) of all parameters before "--", one for each value of a list."""
    words, quoted = [""], False
    for letter in cmdline.strip():
        quoted ^= letter == '"'
        if letter in " \t\n" and not quoted:
            words.append("")
        elif letter != '"':
            words[-1] += letter
    words = words[:words.index("--")] if "--" in words else words
    for name, _, values in (word.partition("=") for word in words):
        yield from ((name.replace("-", "_"), value) for value in values.split(","))


def reads(files, top, path):
    return (files.read(top + path) or b"").decode("utf-8", "replace")


def options_of(files, top):
    """A function that says what the kernel's configuration says of an option: None for nothing."""
    release = reads(files, top, "proc/sys/kernel/osrelease").strip()
    texts = [reads(files, top, path.replace("RELEASE", release)) for path in (
        "proc/config", "boot/config-RELEASE", "usr/lib/modules/RELEASE/config",
        "lib/modules/RELEASE/config")]

    def option(name):
        for text in texts:
            if re.search("^CONFIG_%s=[ym]" % name, text, re.M):
                return True
            if "# CONFIG_%s is not set" % name in text:
                return False
        return None
    return option


def is_bare_metal(machine, flags):
    if flags is not None:
        return "hypervisor" not in flags.split()
    ports = (f for f in machine.functions.values() if f.parent is None and f.config)
    return any(port_type(f.config) == 4 and f.vendor in (0x8086, 0x1022, 0x1002, 0x1d17)
               and (f.vendor, f.device) != (0x8086, 0x3420) for f in ports)


def may_lead_out(machine):
    """A port below which firmware may want VT-d, whatever the command line says: one of a root
    complex with hot-plug."""
    for f in machine.functions.values():
        if f.parent is not None or (f.pciclass or 0) >> 8 not in (0x0604, 0x0607):
            continue
        at = pcie_capability(f.config) if f.config and len(f.config) >= 256 else None
        if at is None or at and word(f.config, at + 2) & 0x100 and f.config[at + 0x14] & 0x40:
            return True
    return False


def has_no_iommu(files, top, machine):
    """Only True says something.  Documentation/admin-guide/kernel-parameters.txt."""
    values = cpu_values(files.read(top + "proc/cpuinfo"))
    cmdline, option = files.read(top + "proc/cmdline"), options_of(files, top)
    vendor = values.get("vendor_id")
    if vendor is None or "cpu family" not in values or not is_bare_metal(machine, values.get("flags")):
        return False
    amd = vendor in ("AuthenticAMD", "HygonGenuine")
    if option("AMD_IOMMU" if amd else "INTEL_IOMMU") is False:
        return True
    if cmdline is None:
        return False
    said = list(settings_of(cmdline.decode("utf-8", "replace")))
    of_intel = [value for name, value in said if name == "intel_iommu"]
    turned = [value.startswith("on") for value in of_intel if value.startswith(("on", "off"))]
    off = any(name == "iommu" and value.startswith("off") for name, value in said)
    if amd:
        return off or any(n == "amd_iommu" and v.startswith("off") for n, v in said)
    if False not in turned and may_lead_out(machine):
        return False
    on = turned[-1] if turned else option("INTEL_IOMMU_DEFAULT_ON")
    return off or on is False


def count_list(text):
    """How many numbers a list such as 0-3,8 holds; None for no such list."""
    if text is None or not re.fullmatch(rb"\d+(-\d+)?(,\d+(-\d+)?)*\s*", text):
        return None
    spans = [span.split(b"-") for span in text.split(b",")]
    return sum(int(span[-1]) - int(span[0]) + 1 for span in spans)


def read_order(text):
    """The lines of /proc/bus/pci/devices; [] when they are none of that file's."""
    if text is None:
        return None
    lines = [line.split(b"\t") for line in text.splitlines()]
    try:
        return [(int(line[0], 16), int(line[1], 16)) for line in lines]
    except (ValueError, IndexError):
        return []


def read_tree(files):
    top = find_top(files)
    sizes = manifest_sizes(files, top)
    machine = Machine()
    names = [name for name in files.names(top + DEVICES) if BDF.match(name)]
    machine.functions = {name: Function(name) for name in names}
    for name in names:
        read_function(files, top, machine, name, sizes)
    if not machine.functions:
        raise BadCapture("no function")
    machine.zen = cpu_is_zen(files.read(top + "proc/cpuinfo"))
    machine.order = read_order(files.read(top + "proc/bus/pci/devices"))
    machine.no_iommu = has_no_iommu(files, top, machine)
    machine.nodes = count_list(files.read(top + "sys/devices/system/node/online"))
    return machine


# -- lspci dumps -------------------------------------------------------------------------

SLOT = re.compile(r"^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])(?:\s|$)")
BYTES = re.compile(r"^([0-9a-f]{2,3}):((?: [0-9a-f]{2}){16})\s*$")


def read_dump(text):
    machine = Machine()
    function = None
    for line in text.splitlines():
        slot = SLOT.match(line)
        row = BYTES.match(line)
        if slot:
            domain = slot.group(1) or "0000"
            function = Function("%s:%s:%s.%s" % ((domain,) + slot.groups()[1:]))
            function.config = b""
            machine.functions[function.name] = function
        elif row and function is not None:
            if int(row.group(1), 16) != len(function.config):
                raise BadCapture("gap in the bytes of " + function.name)
            function.config += bytes.fromhex(row.group(2))
    for function in list(machine.functions.values()):
        if len(function.config) < 64:
            del machine.functions[function.name]
    if not machine.functions:
        raise BadCapture("no function")
    for function in machine.functions.values():
        ids_from_config(function)
    place_by_bus(machine)
    machine.picked = not is_everything(machine.functions.values())
    return machine


# ISA bridge, USB, SMBus, SATA, audio, system peripheral, performance counters: of no interest to
# those who ask about peers.
UNASKED = {0x0601, 0x0c03, 0x0c05, 0x0106, 0x0403, 0x0880, 0x1101}


def is_everything(functions):
    """Nobody has picked from it: it begins with the root complex, has what nobody asks for, and
    nothing in it speaks of a function that it does not have."""
    return (any((f.domain, f.bus, f.devfn, f.pciclass >> 8) == (0, 0, 0, 0x0600) for f in functions)
            and any(f.pciclass >> 8 in UNASKED for f in functions)
            and not any(speaks_of_others(f, functions) for f in functions))


def speaks_of_others(function, functions):
    """It lies below no bridge that is there and on no root bus; it is on a root bus and its device
    has no function 0 (VFs have none of their own); or it is a port with a link that is up, and
    nothing is on the other side."""
    if function.lost:
        return True
    if function.parent is None and function.physfn is None and function.devfn & 7:
        if not any((f.domain, f.bus, f.devfn) ==
                   (function.domain, function.bus, function.devfn & ~7) for f in functions):
            return True
    if not is_bridge(function) or port_type(function.config) not in (4, 6):
        return False
    at = pcie_capability(function.config)
    says_so = word(function.config, at + 0x0e) & 0x10      # bit 20 of Link Capabilities
    return bool(says_so and word(function.config, at + 0x12) & 0x2000
                and not any(f.parent == function.name for f in functions))


def ids_from_config(function):
    config = function.config
    function.vendor = int.from_bytes(config[0:2], "little")
    function.device = int.from_bytes(config[2:4], "little")
    function.pciclass = int.from_bytes(config[9:12], "little")


def virtual_functions(function):
    """(bus, devfn) of the VFs that a PF's SR-IOV capability has turned on."""
    config, at = function.config, 0x100
    for _ in range(480):
        if at < 0x100 or at + 0x20 > len(config):
            return []
        header = int.from_bytes(config[at:at + 4], "little")
        if header & 0xffff == 0x0010:
            break
        at = header >> 20 & 0xffc
    else:
        return []
    control, count, offset, stride = (int.from_bytes(config[at + k:at + k + 2], "little")
                                      for k in (0x08, 0x10, 0x14, 0x16))
    first = (function.bus << 8 | function.devfn) + offset
    return [divmod(first + i * stride, 256) for i in range(count if control & 1 else 0)]


def is_bridge(function):
    """One whose bus numbers lead down, as they do after enumeration."""
    return function.config[14] & 0x7f in (1, 2) and function.bus < function.config[0x19]


def bridge_above(machine, function):
    """The bridge whose secondary bus is the function's."""
    for bridge in machine.functions.values():
        if (bridge.domain == function.domain and is_bridge(bridge)
                and bridge.config[0x19] == function.bus):
            return bridge.name
    return None


def of_root_complex(function):
    """A host bridge, or a function of a type that only a root complex has."""
    return function.pciclass >> 8 == 0x0600 or port_type(function.config) in (4, 9, 10)


def root_buses(machine):
    """(domain, bus) of the buses that nothing known is above, and nothing unknown either: bus 0;
    a bus that shows a root complex; and where bus 0 is seen to be one, so that the dump is whole,
    a bus that is in no bridge's range and holds nothing that must be below a port."""
    functions = machine.functions.values()
    roots, below, covered, whole = set(), set(), set(), set()
    for function in functions:
        bus = function.domain, function.bus
        if function.bus == 0 or of_root_complex(function):
            roots.add(bus)
        if function.bus == 0 and of_root_complex(function):
            whole.add(function.domain)
        if port_type(function.config) not in (None, 4, 9, 10):
            below.add(bus)
        if is_bridge(function):
            covered.update((function.domain, number) for number in
                           range(function.config[0x19], function.config[0x1a] + 1))
    return roots | {(f.domain, f.bus) for f in functions if f.domain in whole
                    and (f.domain, f.bus) not in below | covered}


def place_by_bus(machine):
    functions = machine.functions
    for pf in list(functions.values()):
        for bus, devfn in virtual_functions(pf):
            vf = functions.get("%04x:%02x:%02x.%x" % (pf.domain, bus, devfn >> 3, devfn & 7))
            if vf is not None and vf is not pf:
                vf.physfn = pf.name
    for function in functions.values():
        function.parent = bridge_above(machine, functions.get(function.physfn, function))
    roots = root_buses(machine)
    for function in functions.values():
        top = functions.get(function.physfn, function)
        while top.parent:
            top = functions[top.parent]
            top = functions.get(top.physfn, top)
        bus = top.domain, top.bus
        function.lost = bus not in roots
        function.host = ("lost %x:%02x" if function.lost else "%x:%02x") % bus


def load(path):
    if os.path.isdir(path):
        return read_tree(DirectoryFiles(path))
    files = open_tar(path)
    if files is not None:
        return read_tree(files)
    with open(path, "rb") as file:
        return read_dump(file.read().decode("latin-1"))
