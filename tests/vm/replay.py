#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Turn the config space of a capture into the file that the module p2preplay reads.

replay.py pack CAPTURE FILE    write FILE; print one JSON object that says what is in it
replay.py unmap FILE           turn "provider client value" lines of the guest back to the capture's own names

CAPTURE is a captured tree (a folder that holds sys/, also one level down, or a tar of one) or an lspci -xxxx dump.
Exit status 77: the capture does not hold all of config space, so a kernel would see another machine; or nothing to ask for.
"""
import bz2
import gzip
import json
import lzma
import os
import posixpath
import re
import struct
import sys
import tarfile

MAGIC = 0x59504C5250325032
BDF = re.compile(r"^(?:([0-9a-f]{4,8}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$")
ROOT = re.compile(r"^pci([0-9a-f]{4,8}):([0-9a-f]{2})$")
# The guest has domain 0 for itself.
SHIFT = 1
# The size that the kernel makes pages for, at addresses that a CPU with 40 bits still has.
BAR_BASE = 1 << 39
BAR_SIZE = 2 << 20
# Capabilities that the core talks to, or that it expects a whole machine for: Data Object Exchange, Integrity and Data
# Encryption. Nothing here answers, and no decision reads them: they become null capabilities.
UNANSWERED = (0x2E, 0x30)


class Incomplete(Exception):
    pass


class Function:
    def __init__(self, address, config, root=None, is_vf=False):
        self.domain, self.bus, self.devfn = address
        self.config = bytearray(config)
        self.root = root
        self.is_vf = is_vf

    @property
    def name(self):
        return f"{self.domain:04x}:{self.bus:02x}:{self.devfn >> 3:02x}.{self.devfn & 7}"

    @property
    def is_bridge(self):
        return self.config[0x0E] & 0x7F in (1, 2)


def parse_bdf(text):
    match = BDF.match(text)
    if not match:
        raise ValueError(f"not an address: {text}")
    domain, bus, device, function = match.groups()
    return int(domain or "0", 16), int(bus, 16), int(device, 16) << 3 | int(function)


class Folder:
    """Files below a folder, by their path from it."""

    def __init__(self, top):
        self.top = top

    def names(self, path):
        try:
            return os.listdir(os.path.join(self.top, path))
        except FileNotFoundError:
            return []

    def link(self, path):
        return os.readlink(os.path.join(self.top, path))

    def read(self, path):
        with open(os.path.join(self.top, path), "rb") as file:
            return file.read()


class Archive:
    """The same for a tar, which is never unpacked."""

    def __init__(self, path):
        self.tar = tarfile.open(path)
        self.members = {posixpath.normpath(m.name): m for m in self.tar.getmembers()}
        self.folders = {}
        for name in self.members:
            while name not in ("", "."):
                parent, base = posixpath.split(name)
                self.folders.setdefault(parent, set()).add(base)
                name = parent

    def names(self, path):
        return sorted(self.folders.get(posixpath.normpath(path) if path else "", ()))

    def link(self, path):
        return self.members[path].linkname

    def read(self, path):
        try:
            return self.tar.extractfile(self.members[path]).read()
        except KeyError as error:
            raise FileNotFoundError(path) from error


def find_sys(tree):
    """The path that holds sys/, at the top or one level down."""
    for base in [""] + sorted(tree.names("")):
        if tree.names(posixpath.join(base, "sys/bus/pci/devices")):
            return base
    raise ValueError("no sys/bus/pci/devices in it")


def from_tree(tree):
    base = find_sys(tree)
    devices = posixpath.join(base, "sys/bus/pci/devices")
    functions = []
    for name in sorted(tree.names(devices)):
        path = posixpath.normpath(posixpath.join(devices, tree.link(posixpath.join(devices, name))))
        roots = [part for part in path.split("/") if ROOT.match(part)]
        domain, bus = ROOT.match(roots[-1]).groups()
        is_vf = "physfn" in tree.names(path)
        functions.append(Function(parse_bdf(name), tree.read(posixpath.join(path, "config")),
                                  (int(domain, 16), int(bus, 16)), is_vf))
    try:
        cpu = tree.read(posixpath.join(base, "proc/cpuinfo")).decode()
    except FileNotFoundError:
        cpu = ""
    return functions, cpu_of(cpu)


def cpu_of(text):
    """Which CPU can stand in: "zen" (AMD from family 0x17 on), "x86", "other", or None where no text says it."""
    vendor = re.search(r"^vendor_id\s*: (\S+)", text, re.M)
    family = re.search(r"^cpu family\s*: (\d+)", text, re.M)
    if not text:
        return None
    if not vendor:
        return "other"
    return "zen" if vendor[1] == "AuthenticAMD" and family and int(family[1]) >= 0x17 else "x86"


def from_dump(text):
    functions = []
    config = None
    for line in text.splitlines():
        head = line.split(" ", 1)[0]
        if BDF.match(head):
            config = bytearray()
            functions.append((parse_bdf(head), config))
            continue
        match = re.match(r"^([0-9a-f]{2,3}): ((?:[0-9a-f]{2} ?){16})\s*$", line)
        if match and config is not None:
            if int(match[1], 16) != len(config):
                raise ValueError(f"a gap in the dump at {line!r}")
            config += bytes.fromhex(match[2])
    functions = [Function(*entry) for entry in functions]
    below = [(f.domain, f.bus, f.config[0x19], f.config[0x1A]) for f in functions if f.is_bridge]
    for function in functions:
        # Up from bus to bus by the bridges' numbers, to one that no bridge leads to.
        bus, seen = function.bus, set()
        while bus not in seen:
            seen.add(bus)
            up = [b for d, b, first, last in below if d == function.domain and b != bus and first <= bus <= last]
            bus = max(up) if up else bus
        function.root = (function.domain, bus)
    return functions, cpu_of("")


def capability(config, wanted):
    seen = set()
    if not config[0x06] & 0x10:
        return None
    where = config[0x34] & ~3
    while 0x40 <= where < 0xFF and where not in seen:
        seen.add(where)
        if config[where] == wanted:
            return where
        where = config[where + 1] & ~3
    return None


def extended(config):
    """(id, offset) of each extended capability"""
    where, seen = 0x100, set()
    while 0x100 <= where < 0xFFD and where not in seen and where + 4 <= len(config):
        seen.add(where)
        header, = struct.unpack_from("<I", config, where)
        yield header & 0xFFFF, where
        where = header >> 20 & ~3


def check(function):
    """Raise Incomplete where bytes are missing that the machine had."""
    size = len(function.config)
    if size not in (256, 4096):
        raise Incomplete(f"{function.name}: {size} bytes of config space are not all")
    if size == 256 and (function.is_vf or capability(function.config, 0x10) is not None):
        raise Incomplete(f"{function.name}: 256 bytes are not all of a PCI Express function")


def enabled_vfs(function, functions):
    """How many virtual functions the capture holds of this physical one."""
    where = dict(extended(function.config)).get(0x10)
    if function.is_vf or where is None or not function.config[where + 8] & 1:
        return 0
    count, = struct.unpack_from("<H", function.config, where + 0x10)
    offset, stride = struct.unpack_from("<HH", function.config, where + 0x14)
    first = (function.bus << 8 | function.devfn) + offset
    mine = {first + i * stride for i in range(count)}
    found = [f for f in functions if f.domain == function.domain and (f.bus << 8 | f.devfn) in mine]
    for other in found:
        other.is_vf = True
    return count if found else 0


def has_memory(config):
    """Is one of the BARs of this function a memory BAR that is in use?"""
    where = 0x10
    while where < 0x28:
        value, = struct.unpack_from("<I", config, where)
        if value & ~0xF and not value & 1:
            return True
        where += 8 if value & 7 == 4 else 4
    return False


def clean(function, number):
    """Addresses are not replayed: a function with memory gets one BAR of 2 MiB, far above the guest's own.
    A virtual function shows no vendor, as the specification has it."""
    config = function.config
    kind = config[0x0E] & 0x7F
    if kind == 0:
        memory = BAR_BASE + number * BAR_SIZE | 0xC if has_memory(config) and not function.is_vf else 0
        config[0x10:0x28] = struct.pack("<Q", memory) + bytes(16)
        config[0x30:0x34] = bytes(4)
    elif kind == 1:
        config[0x10:0x18] = bytes(8)
        config[0x38:0x3C] = bytes(4)
        # Windows: base above limit is closed; zero would be an open one at zero.
        config[0x1C:0x1E] = b"\xf0\x00"
        config[0x20:0x28] = b"\xf0\xff\x00\x00" * 2
        config[0x28:0x34] = bytes(12)
    for capability_id, where in list(extended(config)):
        if capability_id in UNANSWERED:
            config[where:where + 2] = bytes(2)
    if function.is_vf:
        config[0:4] = b"\xff" * 4


def pack(functions):
    roots = sorted({f.root for f in functions})
    out = []
    for domain, first in roots:
        later = [bus for d, bus in roots if d == domain and bus > first]
        out.append(struct.pack("<IBBxx", domain + SHIFT, first, min(later) - 1 if later else 255))
    for function in functions:
        function.vfs = enabled_vfs(function, functions)
    for number, function in enumerate(sorted(functions, key=lambda f: (f.domain, f.bus, f.devfn))):
        clean(function, number)
        key = (function.domain + SHIFT) << 16 | function.bus << 8 | function.devfn
        out.append(struct.pack("<QII", key, len(function.config), function.vfs))
        out.append(bytes(function.config).ljust(4096, b"\xff"))
    return struct.pack("<QII", MAGIC, len(roots), len(functions)) + b"".join(out)


def open_capture(path):
    if os.path.isdir(path):
        return from_tree(Folder(path))
    if tarfile.is_tarfile(path):
        return from_tree(Archive(path))
    with open(path, "rb") as file:
        data = file.read()
    for magic, opener in ((b"\x1f\x8b", gzip), (b"BZh", bz2), (b"\xfd7zXZ", lzma)):
        if data.startswith(magic):
            data = opener.decompress(data)
    return from_dump(data.decode("utf-8", "replace"))


def command_pack(path, target):
    functions, cpu = open_capture(path)
    if not functions:
        raise ValueError("no function in it")
    for function in functions:
        check(function)
    count = len(functions)
    normal = sorted(f.name for f in functions if f.config[0x0E] & 0x7F == 0)
    if not normal:
        raise Incomplete("bridges only, so there is no pair to ask for")
    with open(target + ".new", "wb") as file:
        file.write(pack(functions))
    os.rename(target + ".new", target)
    print(json.dumps({"functions": count, "roots": len({f.root for f in functions}),
                      "virtual": sum(f.is_vf for f in functions), "cpu": cpu, "clients": normal}))


def command_unmap(path):
    """Keep the lines between functions of the replay, under their captured names."""
    with open(path, encoding="ascii") as file:
        for line in file:
            words = line.split()
            if words[0] == "#":
                continue
            names = [parse_bdf(word) for word in words[:2]]
            if any(domain < SHIFT for domain, _, _ in names):
                continue
            names = [Function((d - SHIFT, b, f), b"").name for d, b, f in names]
            print(*names, *words[2:])


def main():
    try:
        if len(sys.argv) == 4 and sys.argv[1] == "pack":
            command_pack(*sys.argv[2:])
        elif len(sys.argv) == 3 and sys.argv[1] == "unmap":
            command_unmap(sys.argv[2])
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except Incomplete as error:
        print(error)
        return 77
    except (OSError, ValueError, tarfile.TarError) as error:
        print(f"{sys.argv[2]}: {error}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
