# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes of configuration space, as functions of a machine would show them: header, standard
capabilities from 0x40 on, extended capabilities from 0x100 on."""

import struct

ENDPOINT, ROOT_PORT, UPSTREAM, DOWNSTREAM = 0, 4, 5, 6
PCI_BRIDGE, PCIE_BRIDGE, INTEGRATED = 7, 8, 9

PREFETCHABLE_64, MEMORY_32, IO = 0x0c, 0x00, 0x01


def put(config, at, form, *values):
    struct.pack_into("<" + form, config, at, *values)


def standard_chain(config, capabilities):
    """capabilities: (id, body after the two-byte header); laid out at multiples of 4."""
    pointer, at = 0x34, 0x40
    for identity, body in capabilities:
        config[pointer] = at
        config[at] = identity
        config[at + 2:at + 2 + len(body)] = body
        pointer, at = at + 1, (at + 2 + len(body) + 3) & ~3
    if capabilities:
        put(config, 6, "H", 0x0010 | struct.unpack_from("<H", config, 6)[0])
    if at > 0x100:
        raise ValueError("standard capabilities do not fit")


def extended_chain(config, capabilities, start=0x100):
    """capabilities: (id, version, body after the four-byte header)."""
    at = start
    for i, (identity, version, body) in enumerate(capabilities):
        end = (at + 4 + len(body) + 15) & ~15
        last = i + 1 == len(capabilities)
        put(config, at, "I", identity | version << 16 | (0 if last else end) << 20)
        config[at + 4:at + 4 + len(body)] = body
        at = end


def power_management():
    return 0x01, struct.pack("<HH", 0x0003, 0x0008)


def msix(vectors=32):
    return 0x11, struct.pack("<HII", vectors - 1, 0, 0x800)


def pcie(kind, speed=4, width=16, slot=False, payload=0, port=0, now=None, control=0x2810):
    """PCIe capability, version 2.  payload: code of Max_Payload_Size; speed 1..6; now: speed and
    width of the link when it runs below what it can; control: Device Control without payload."""
    flags = 2 | kind << 4 | (0x100 if slot else 0)
    device = struct.pack("<IHH", 0x8002 | 0x10000000, control | payload << 5, 0)
    if kind == INTEGRATED:
        link = struct.pack("<IHH", 0, 0, 0)
    else:
        link = struct.pack("<IHH", speed | width << 4 | port << 24, 0x40,
                           (now or (speed, width))[0] | (now or (speed, width))[1] << 4)
    slots = struct.pack("<IHH", 0x40040 if slot else 0, 0, 0x40 if slot else 0)
    root = struct.pack("<HHI", 0, 0, 0)
    device2 = struct.pack("<IHH", 0x0001001f | (0x40 if kind in (4, 5, 6) else 0x80), 0x0009, 0)
    link2 = struct.pack("<IHH", (1 << speed) - 1 << 1, speed, 0)
    slot2 = struct.pack("<IHH", 0, 0, 0)
    return 0x10, (struct.pack("<H", flags) + device + link + slots + root
                  + device2 + link2 + slot2)


def pcix(status=0x00030000):
    return 0x07, struct.pack("<HI", 0x0022, status)


def aer():
    return 0x0001, 2, bytes(0x44)


def dsn(serial):
    return 0x0003, 1, struct.pack("<Q", serial)


def acs(control, capability=0x001f, vector=0):
    if capability & 0x20:
        capability |= 32 << 8
    return 0x000d, 1, struct.pack("<HHI", capability, control, vector)


def acs_dword(control):
    """Intel PCH root ports of the Sunrise Point kind: capability and control are dwords."""
    return 0x000d, 1, struct.pack("<II", 0x0000000f, control)


def ari():
    return 0x000e, 1, struct.pack("<HH", 0, 0)


def ats(enabled):
    return 0x000f, 1, struct.pack("<HH", 0x0020, 0x8000 if enabled else 0)


def sriov(total, enabled, offset, stride, device, link):
    """link: the function that this PF depends on, itself if none."""
    return 0x0010, 1, struct.pack("<IHHHHHBxHHxxHII", 0x2, 0x19 if enabled else 0, 0,
                                  total, total, enabled, link, offset, stride, device,
                                  0x553, 1) + bytes(28)


def pri():
    return 0x0013, 1, struct.pack("<HHII", 1, 0x100, 32, 16)


def pasid():
    return 0x001b, 1, struct.pack("<HH", 0x1406, 1)


def rebar(bar, size_bits, sizes):
    """Resizable BAR of one BAR: of 2^size_bits MiB; sizes: the exponents there are."""
    can = sum(1 << (4 + bits) for bits in sizes)
    return 0x0015, 1, struct.pack("<II", can, bar | 1 << 5 | size_bits << 8)


def header(vendor, device, pciclass, kind, multi=False, subsystem=(0, 0), revision=1):
    config = bytearray(4096)
    put(config, 0, "HHHH", vendor, device, 0x0407 if kind == 1 else 0x0406, 0)
    put(config, 8, "I", pciclass << 8 | revision)
    config[0x0c] = 0x10
    config[0x0e] = kind | (0x80 if multi else 0)
    if kind == 0:
        put(config, 0x2c, "HH", *subsystem)
        config[0x3d] = 1
    return config


def put_bars(config, bars):
    """bars: (slot, address, kind); a 64-bit one takes two slots."""
    for slot, address, kind in bars:
        put(config, 0x10 + 4 * slot, "I", address & 0xffffffff | kind)
        if kind & 4:
            put(config, 0x14 + 4 * slot, "I", address >> 32)


def put_buses(config, primary, secondary, subordinate):
    config[0x18:0x1b] = bytes((primary, secondary, subordinate))


def put_windows(config, memory, prefetchable):
    """Each (start, end) or None, which closes the window."""
    base, limit = (memory[0] >> 20, memory[1] >> 20) if memory else (0xfff, 0)
    put(config, 0x1c, "BB", 0xf1, 0x01)
    put(config, 0x20, "HH", base << 4, limit << 4)
    start, end = prefetchable or (0xfff00000, 0)
    put(config, 0x24, "HHII", start >> 16 & 0xfff0 | 1, end >> 16 & 0xfff0 | 1,
        start >> 32, end >> 32)
