#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""lspci.py DECODED FOLDER: what the library decodes of each capture is what lspci decodes.

DECODED is the program made of decoded.c, FOLDER the captures (P2PTOPO_CAPTURES), of which the
dumps are in lspci/ and pciutils/ and the gathered trees in hwloc/.  Both outputs become sets of facts, which must be equal: a
capability that only one of them sees is a difference, and so is every bit.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

# lspci names a capability and decodes nothing of it (CXL before revision 1): not compared.
UNDECODED = "?"


def run(*command):
    """The output of a command.  lspci is given no name list and no locale."""
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          encoding="utf-8", errors="replace",
                          env={**os.environ, "LC_ALL": "C"}).stdout


def flags(text, names):
    """The named flags in text, as lspci writes them; what is not mentioned is off."""
    here = dict(re.findall(r"([\w-]+)([+-])", text))
    return "".join(f"{name}{here.get(name, '-')} " for name in names)


def size_mb(text):
    """"16MB", "2GB", "1TB": in MB."""
    number, unit = re.match(r"(\d+)([MGT])B", text).groups()
    return int(number) << {"M": 0, "G": 10, "T": 20}[unit]


def capabilities(text):
    """(offset, name, text) of each capability of one function."""
    for part in re.split(r"\n\tCapabilities: ", text)[1:]:
        match = re.match(r"\[([0-9a-f]+)[^]]*\] (.*)", part, re.S)
        if match:
            yield match[1], match[2].split("\n")[0], match[2]


def find(pattern, text, default=None):
    """The only group of the first match."""
    match = re.search(pattern, text)
    return match[1] if match else default


def express(offset, text):
    """Facts of the PCI Express capability."""
    kind = re.match(r"Express (?:\(v\d+\) )?(.*?)(?: \(Slot[+-]\))?(?:, MSI|, IntMsgNum)", text)[1]
    yield "Express", f"[{offset}] {kind}"
    yield "DevCap", "MaxPayload " + find(r"DevCap:\tMaxPayload (\d+)", text, "0")
    control = text[text.index("DevCtl:"):text.index("DevSta:")]
    payload = re.search(r"MaxPayload (\d+) bytes, MaxReadReq (\d+)", control)
    yield "DevCtl", (flags(control, ["RlxdOrd", "ExtTag"]) +
                     f"MaxPayload {payload[1]} MaxReadReq {payload[2]}")
    if "LnkCap:" in text:
        yield from link(text)
    if "SltCap:" in text:
        yield "Slot", ("#" + find(r"Slot #(\d+)", text) + " " +
                       flags(text[text.index("SltCap:"):], ["HotPlug"]).strip())
    atomics = find(r"AtomicOpsCap: (.*)", text, "") + " " + find(r"AtomicOpsCtl: (.*)", text, "")
    yield "Atomics", flags(atomics, ["Routing", "32bit", "64bit", "128bitCAS", "ReqEn",
                                     "EgressBlck"]).strip()
    second = re.search(r"DevCtl2:(.*?)\n\t\t[A-Z]", text + "\n\t\tZ", re.S)
    yield "DevCtl2", flags(second[1] if second else "", ["ARIFwd", "10BitTagReq"]).strip()


def link(text):
    """Facts of the Link registers."""
    yield "Port", "#" + find(r"LnkCap:\tPort #(\d+)", text)
    most = re.search(r"LnkCap:\t.*?Speed (\S+), Width x(\d+)", text)
    now = re.search(r"LnkSta:\tSpeed ([^ ,]+).*?Width x(\d+)", text)
    for key, match in ("LnkCap", most), ("LnkSta", now):
        speed, width = match[1].replace("unknown", "0GT/s"), int(match[2])
        down = "LLActRep+" in text and "DLActive-" in text
        if key == "LnkSta" and (down or not width or speed == "0GT/s"):
            speed, width = "0GT/s", 0
        yield key, f"{speed} x{width}"
    aspm = find(r"LnkCtl:\tASPM ([^;]*)", text)
    yield "ASPM", "".join(state for state in ("L0s", "L1") if state in aspm.split())


def resizable(text):
    """Facts of Resizable BARs."""
    for bar, now, sizes in re.findall(r"BAR (\d): current size: (\S+), supported:(.*)", text):
        mask = sum(1 << (size_mb(size).bit_length() - 1) for size in sizes.split())
        yield "Resizable", f"{bar}: {size_mb(now)}MB of {mask:x}"


def cxl(parts):
    """Facts of all CXL DVSECs."""
    ids = 0
    for _, name, text in parts:
        match = re.match(r"Designated Vendor-Specific: Vendor=1e98 ID=([0-9a-f]{4})", name)
        if not match:
            continue
        ids |= 1 << int(match[1], 16)
        if "CXLCap:" in text:
            enabled = flags(find(r"CXLCtl:\t(.*)", text), ["Mem"]).strip()[-1]
            yield "CXLCap", (flags(find(r"CXLCap:\t(.*)", text), ["Cache", "IO", "Mem"]) +
                             f"enabled{enabled}")
        elif match[1] == "0000":
            yield "CXLCap", UNDECODED
    if ids:
        yield "CXL", f"ids {ids:x}"


def dpc(text):
    """Facts of Downstream Port Containment."""
    enabled = "-" if find(r"DpcCtl:\tTrigger:(\d)", text) == "0" else "+"
    return f"enabled{enabled} triggered" + find(r"DpcSta:\tTrigger([+-])", text)


def sriov(text):
    """Facts of SR-IOV."""
    active = find(r"Number of VFs: (\d+)", text) if "IOVCtl:\tEnable+" in text else "0"
    return (f"{active} of " + find(r"Total VFs: (\d+)", text) +
            ", offset " + find(r"VF offset: (\d+)", text) +
            ", stride " + find(r"stride: (\d+)", text) +
            ", device " + find(r"Device ID: ([0-9a-f]+)", text))


ACS = ["SrcValid", "TransBlk", "ReqRedir", "CmpltRedir", "UpstreamFwd", "EgressCtrl",
       "DirectTrans"]
UNCORRECTABLE = ["DLP", "SDES", "TLP", "FCP", "CmpltTO", "CmpltAbrt", "UnxCmplt", "RxOF",
                 "MalfTLP", "ECRC", "UnsupReq", "ACSViol"]
CORRECTABLE = ["RxErr", "BadTLP", "BadDLLP", "Rollover", "Timeout", "AdvNonFatalErr"]


def enable(text, key):
    """"ATSCtl: Enable+, ..."."""
    return "Enable" + find(key + r":\s+Enable([+-])", text)


# Start of a capability's name: its facts.
DECODERS = {
    "Access Control Services": lambda text: [
        (key, flags(find(key + r":\t(.*)", text), ACS).strip()) for key in ("ACSCap", "ACSCtl")],
    "Advanced Error Reporting": lambda text: [
        ("UESta", flags(find(r"UESta:\t(.*)", text), UNCORRECTABLE).strip()),
        ("CESta", flags(find(r"CESta:\t(.*)", text), CORRECTABLE).strip())],
    "Address Translation Service": lambda text: [("ATSCtl", enable(text, "ATSCtl"))],
    "Page Request Interface": lambda text: [("PRICtl", enable(text, "PRICtl"))],
    "Process Address Space ID": lambda text: [("PASIDCtl", enable(text, "PASIDCtl"))],
    "Alternative Routing-ID": lambda text: [("ARI", "here")],
    "Downstream Port Containment": lambda text: [("DPC", dpc(text))],
    "Device Serial Number": lambda text: [
        ("Serial", find(r"Number ([0-9a-f-]+)", text).replace("-", ""))],
    "Single Root I/O": lambda text: [("SR-IOV", sriov(text))],
    "Physical Resizable BAR": resizable,
}


def facts_of(text):
    """Facts of one function in lspci -vvv."""
    wide = None
    for number, what in re.findall(r"\n\tRegion (\d): (.*)", text):
        # lspci 3.9 shows the upper half of some 64-bit BARs as one more region.
        if wide == int(number) - 1:
            continue
        wide = int(number) if "64-bit" in what else None
        what = what.replace("<unassigned>", "0")
        what = re.sub(r" \[(?:virtual|disabled|enhanced|size=\S+)\]", "", what)
        match = re.match(r"Memory at ([0-9a-f]+) \((.*)\)", what)
        if match:
            yield "Region", f"{number}: Memory at {int(match[1], 16):08x} ({match[2]})"
        match = re.match(r"I/O ports at ([0-9a-f]+)", what)
        if match:
            yield "Region", f"{number}: I/O ports at {int(match[1], 16):04x}"
    match = re.search(r"Bus: primary=.., secondary=(..), subordinate=(..)", text)
    if match:
        yield "Bus", f"secondary={match[1]}, subordinate={match[2]}"
    parts = list(capabilities(text))
    seen = set()
    for offset, name, body in parts:
        if name.startswith("Express "):
            yield from express(offset, body)
        for start, decode in DECODERS.items():
            # The first of a kind is the one that counts, for the kernel as well.
            if name.startswith(start) and start not in seen:
                seen.add(start)
                yield from decode(body)
    yield from cxl(parts)


def options(path):
    """How lspci is told to read a dump, or a tree."""
    if os.path.isdir(path):
        return ["-O", f"sysfs.path={path}/sys/bus/pci"]
    return ["-F", path]


def by_lspci(path):
    """All facts that lspci decodes."""
    facts = set()
    for part in re.split(r"\n\n", run("lspci", *options(path), "-D", "-n", "-vvv").strip()):
        bdf, class_code, ids = re.match(r"(\S+) (\w+): (\w+:\w+)", part).groups()
        revision = find(r"\(rev (\w+)\)", part.split("\n")[0], "00")
        facts.add(f"{bdf} Ids {class_code}: {ids} rev {revision}")
        facts |= {f"{bdf} {key} {value}".strip() for key, value in facts_of(part)}
    for line in run("lspci", *options(path), "-D", "-n", "-PP").splitlines():
        way = line.split(" ")[0].split("/")
        if len(way) > 1:
            domain = way[0].rsplit(":", 2)[0]
            full = [node if node.count(":") == 2 else f"{domain}:{node}" for node in way]
            facts.add(f"{full[-1]} Parent {full[-2]}")
    return facts


def by_library(decoded, path):
    """All facts that the library decodes."""
    return {line.strip() for line in run(decoded, path).splitlines()}


def differences(decoded, path):
    """What only one of the two says, as lines; and how many facts were compared."""
    ours, theirs = by_library(decoded, path), by_lspci(path)
    skipped = tuple(line[:-len(UNDECODED)] for line in theirs if line.endswith(" " + UNDECODED))
    ours = {line for line in ours if not line.startswith(skipped)}
    theirs = {line for line in theirs if not line.endswith(" " + UNDECODED)}
    lines = [f"{'only we say' if line in ours else 'only lspci says'}: {line}"
             for line in sorted(ours ^ theirs)]
    return lines, len(theirs)


def main():
    decoded, folder = sys.argv[1:]
    paths = sorted(glob.glob(f"{folder}/lspci/*.txt") + glob.glob(f"{folder}/pciutils/*"))
    paths = [path for path in paths if os.path.basename(path) != "COPYING"]
    if not folder or not paths:
        print("skipped: P2PTOPO_CAPTURES names no folder with dumps")
        return 77
    with tempfile.TemporaryDirectory() as scratch:
        paths = [bare(path, scratch) for path in paths]
        paths += unpack(glob.glob(f"{folder}/hwloc/*.tar.*"), scratch)
        return compare(decoded, paths)


def bare(path, folder):
    """A dump without the text between its bytes, which lspci does not read back."""
    copy = os.path.join(folder, os.path.basename(path))
    with open(path, encoding="latin-1") as dump, open(copy, "w", encoding="latin-1") as out:
        out.writelines(line for line in dump if not line.startswith(("\t", " ")))
    return copy


def unpack(archives, folder):
    """The trees in archives, which hold one folder each."""
    for archive in archives:
        run("tar", "-xf", archive, "-C", folder)
    return sorted(path for path in glob.glob(folder + "/*") if os.path.isdir(path))


def compare(decoded, paths):
    """Exit status of all comparisons."""
    bad = total = 0
    for path in paths:
        lines, count = differences(decoded, path)
        total += count
        bad += len(lines)
        for line in lines:
            print(f"{os.path.basename(path)}: {line}")
    print(f"{len(paths)} captures, {total} facts, {bad} differences")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
