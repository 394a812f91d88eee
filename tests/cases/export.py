#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Exports of every fixture and capture, held against the rules of their readers.

The reader of NCCL's file is written here from the rules of NCCL 2.30, src/graph/xml.cc and topo.cc: what
its own would refuse, or take for something else, is refused here."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from xml.etree import ElementTree

import captures
import gpudirect
from validator import jsonschema

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
SPEEDS = {f"{speed} GT/s PCIe" for speed in ("2.5", "5.0", "8.0", "16.0", "32.0", "64.0")}
KNOWN = {"system": {"version"}, "cpu": {"numaid", "arch", "vendor", "familyid", "modelid"},
         "pci": {"busid", "class", "vendor", "device", "subsystem_vendor", "subsystem_device",
                 "link_speed", "link_width"},
         "gpu": {"dev"}, "nic": set(), "net": {"name", "dev", "speed", "port"}}
INSIDE = {None: {"system"}, "system": {"cpu"}, "cpu": {"pci", "nic"}, "pci": {"pci", "gpu", "nic"},
          "nic": {"net"}, "gpu": set(), "net": set()}


class Unplaced(Exception):
    """A tree without the bridges above a GPU or NIC has no file for NCCL."""


def call(binary, *arguments, status=0, stdin=None):
    done = subprocess.run([binary, *arguments], capture_output=True, check=False, input=stdin,
                          env={**os.environ, "LC_ALL": "C"})
    if done.returncode == 4 and "which bridges are above it is not known" in done.stderr.decode():
        assert not done.stdout
        raise Unplaced
    if done.returncode != status:
        raise SystemExit(f"{' '.join(arguments)}: {done.returncode}\n{done.stderr.decode()}")
    done.stdout.decode("ascii")
    return done.stdout, done.stderr.decode()


def parse_nccl(text):
    """The elements as (name, attributes, depth); a file that NCCL would not read raises."""
    assert "\t" not in text and not text.startswith("<?")
    elements, stack = [], []
    for line in text.splitlines():
        line = line.lstrip(" ")
        closing = re.fullmatch(r"</(\w+)>", line)
        if closing:
            assert stack and stack.pop() == closing.group(1), line
            continue
        element = re.fullmatch(r'<(\w+)((?: \w+="[^"<>]*")*)(/?)>', line)
        assert element, line
        name, rest, single = element.groups()
        attributes = re.findall(r' (\w+)="([^"]*)"', rest)
        assert name in INSIDE[stack[-1] if stack else None], line
        assert len(attributes) <= 16 and len(dict(attributes)) == len(attributes), line
        assert all(len(value) <= 253 for _, value in attributes), line
        assert set(dict(attributes)) <= KNOWN[name], line
        elements.append((name, dict(attributes), len(stack)))
        if not single:
            stack.append(name)
    assert not stack and elements[0][0] == "system" and len(elements) <= 256
    return elements


def check_nccl(binary, source, tree):
    functions = {function["bdf"]: function for function in tree["functions"]}
    text, _ = call(binary, "--from", source, "export", "nccl")
    elements = parse_nccl(text.decode())
    assert elements[0][1] == {"version": "1"}
    rccl, _ = call(binary, "--from", source, "export", "nccl", "--dialect", "rccl")
    assert rccl == text.replace(b'version="1"', b'version="2"')
    machine = tree["machine"]
    for name, attributes, _ in elements:
        if name == "cpu" and "familyid" in attributes:
            # src/graph/xml.cc: the extended family counts sixteenfold, so that Zen 4 is 175 and not 25.
            family = machine["cpu_family"]
            assert attributes["vendor"] == machine["cpu_vendor"]
            assert int(attributes["familyid"]) == (family if family < 15 else 15 + (family - 15) * 16)
            assert int(attributes["modelid"]) == machine["cpu_model"]
    found, way = set(), []
    for name, attributes, depth in elements:
        way = way[:depth]
        way.append(attributes.get("busid"))
        if name != "pci":
            continue
        function = functions[attributes["busid"]]
        found.add(function["bdf"])
        assert attributes.get("link_speed", "2.5 GT/s PCIe") in SPEEDS, attributes
        assert re.fullmatch(r"0x[0-9a-f]{6}", attributes["class"])
        # NCCL goes up two functions at a time, and stops where there are no two.
        above = functions.get(function["parent"]) if function["parent"] else None
        above = above["parent"] if above else None
        assert above == way[depth - 1], (source, function["bdf"], above, way)
    wanted = {bdf for bdf, function in functions.items()
              if function["class"] in ("gpu", "nic") and int(bdf.split(":")[0], 16) <= 0xffff}
    assert wanted <= found, (source, wanted - found)
    check_paths(binary, source, elements)
    return len(found)


class Node:
    """A CPU or a bridge of the graph that NCCL builds from its file; @ids are those of the bridge."""

    def __init__(self, above, ids=(0, 0, 0, 0)):
        self.above, self.ids = above, ids

    def broadcom(self, level):
        vendor, device, subsystem_vendor, subsystem = self.ids
        if (vendor, device, subsystem_vendor, subsystem >> 12) == (0x1000, 0xc010, 0x1000, 0xa):
            return 4
        return 5 if (vendor, device, subsystem_vendor, subsystem >> 12) == (0x1000, 0xc030, 0x1000, level) else 0


def graph_of(elements):
    """What each function hangs on, after the two levels of Broadcom's switches were made one."""
    way, nodes, ends = [], [], {}
    for name, attributes, depth in elements:
        way = way[:depth]
        above = way[-1] if way else None
        if name != "pci":
            way.append(Node(None))
            continue
        ids = tuple(int(attributes.get(key, "0"), 0)
                    for key in ("vendor", "device", "subsystem_vendor", "subsystem_device"))
        node = ends[attributes["busid"]] = Node(above, ids)
        way.append(node)
        nodes.append(node)
    for node in nodes:
        for lower in [one for one in nodes if one.above is node]:
            if node.broadcom(0) and lower.broadcom(1) == node.broadcom(0):
                for one in nodes:
                    one.above = node if one.above is lower else one.above
                lower.merged = True
        if any(one for one in nodes if getattr(one, "merged", False) and one.above is node):
            node.ids = (0, 0, 0, 0)
    return ends


def path_of(one, other):
    """PIX by one bridge, PXB by several, else by the CPUs: a bridge has one above, a CPU has none."""
    def bridges(node):
        node = node.above
        while node.above:
            yield node
            node = node.above

    def cpu(node):
        while node.above:
            node = node.above
        return node

    common = [bridge for bridge in bridges(one) if bridge in set(bridges(other))]
    if common:
        return "PIX" if one.above is other.above else "PXB"
    return "PHB" if cpu(one) is cpu(other) else "SYS"


def check_paths(binary, source, elements):
    """`matrix --nccl` says of the tree what NCCL finds in the file, but for links that the file leaves out."""
    ends = graph_of(elements)
    groups = json.loads(call(binary, "--from", source, "matrix", "--nccl", "--json")[0])["groups"]
    names = [(group["members"][0]["bdf"], group["members"][0]["class"]) for group in groups]
    for group, (provider, kind) in zip(groups, names):
        for answer, (client, other) in zip(group["clients"], names):
            if not answer or provider not in ends or client not in ends or {kind, other} - {"gpu", "nic"}:
                continue
            said = answer["nccl"]["path"]
            wanted = None if kind == other == "nic" else path_of(ends[provider], ends[client])
            assert said == wanted or said in ("NVL", "PXN", "P2C"), (source, provider, client, said, wanted)


def check_map(binary, source, tree):
    """A guest gets two devices: these alone, at its addresses, below the same switches."""
    ends = [function["bdf"] for function in tree["functions"]
            if function["class"] in ("gpu", "nic") and function["bdf"][4] == ":"][:2]
    if len(ends) < 2:
        return
    lines = f"# host guest\n{ends[0]} 0000:06:00.0\n\n{ends[1]} 07:00.0 # second\n".encode()
    text, _ = call(binary, "--from", source, "export", "nccl", "--map", "-", stdin=lines)
    guest = [attributes["busid"] for name, attributes, _ in parse_nccl(text.decode()) if name == "pci"]
    assert len(guest) == len(set(guest)) and {"0000:06:00.0", "0000:07:00.0"} <= set(guest)
    assert all(bdf in ("0000:06:00.0", "0000:07:00.0") or bdf.startswith("ff") for bdf in guest)
    for wrong, why in ((f"{ends[0]}\n", ":1: not an address"), ("\n", "no addresses"),
                       (f"{ends[0]} 06:00.0\n{ends[0]} 07:00.0\n", ":2: .* by -:1"),
                       (f"{ends[0]} 06:00.0\n{ends[1]} 06:00.0\n", ":2: .* by -:1"),
                       (f"{ends[0]} ffff:06:00.0\n", "no PCI address of a guest"),
                       ("nosuch 06:00.0\n", "has no device")):
        out, error = call(binary, "--from", source, "export", "nccl", "--map", "-", status=4,
                          stdin=wrong.encode())
        assert not out and re.search(why, error), (wrong, error)


def address(bdf):
    domain, bus, slot, function = re.fullmatch(r"(\w+):(\w+):(\w+)\.(\w)", bdf).groups()
    return f"domain='0x{domain}' bus='0x{bus}' slot='0x{slot}' function='0x{function}'"


def libvirt(ends, addressed=True):
    """A port with a switch below it, a second port, and a hierarchy of its own, whose root is bus f0."""
    places = [(1, "pcie-root-port", 0, "01", 0), (2, "pcie-root-port", 0, "01", 1),
              (3, "pcie-switch-upstream-port", 1, "00", 0), (4, "pcie-switch-downstream-port", 3, "00", 0),
              (5, "pcie-expander-bus", 0, "02", 0), (6, "pcie-root-port", 5, "00", 0)]
    lines = ["<domain type='kvm'>", "<devices>", "<controller type='usb' index='0'/>",
             "<controller type='pci' index='0' model='pcie-root'/>"]
    for index, model, bus, slot, function in places:
        target = "<target chassis='1'/><target busNr='240'/>" if "expander" in model else "<target chassis='1'/>"
        lines.append(f"<controller type='pci' index='{index}' model='{model}'>{target}<address type='pci' "
                     f"domain='0x0000' bus='0x{bus:02x}' slot='0x{slot}' function='0x{function}'/></controller>")
    for end, bus in zip(ends, (4, 2, 6)):
        own = f"<address type='pci' domain='0x0000' bus='0x{bus:02x}' slot='0x00' function='0x0'/>"
        lines.append(f"<hostdev mode='subsystem' type='pci' managed='yes'><source><address {address(end)}/></source>"
                     f"{own if addressed else ''}</hostdev>")
    return "\n".join([*lines, "<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source>"
                      "</hostdev>", "</devices>", "</domain>"])


def qemu(ends):
    """The same as words of QEMU."""
    return ["qemu-system-x86_64", "-name", "guest,with=device", "-device", "virtio-net-pci,netdev=n",
            "-device", "pcie-root-port,id=a,bus=pcie.0,addr=0x1.0x0,multifunction=on",
            "-device", '{"driver":"pcie-root-port","id":"b","bus":"pcie.0","addr":9,"hotplug":null}',
            "-device", "x3130-upstream,id=c,bus=a", "-device", "xio3130-downstream,id=d,bus=c,addr=0",
            "-device", "pxb-pcie,id=e,bus=pcie.0,bus_nr=240", "-device", "pcie-root-port,id=f,bus=e,addr=0x0",
            "-device", f"vfio-pci,host={ends[0]},bus=d", "-device",
            json.dumps({"driver": "vfio-pci", "host": ends[1], "bus": "b", "addr": "0x0"}),
            "-device", f"vfio-pci,sysfsdev=/sys/bus/pci/devices/{ends[2]},bus=f,addr=00.0",
            "-device", "vfio-pci,sysfsdev=/sys/bus/mdev/devices/c0b26072-dd1b-4340-84fe-bf338c510818"]


def check_guest(binary, source, tree):
    """Guests of libvirt and QEMU: buses are counted as the guest's firmware does, depth first."""
    ends = [function["bdf"] for function in tree["functions"] if function["class"] in ("gpu", "nic")][:3]
    wanted = {"0000:03:00.0", "0000:04:00.0", "0000:f1:00.0"}
    words = qemu(ends)
    for text in (libvirt(ends), "<!-- by hand -->\n" + libvirt(ends), "\0".join(words) + "\0",
                 " \\\n".join(f"'{word}'" if "{" in word else word for word in words)):
        out, _ = call(binary, "--from", source, "export", "nccl", "--map", "-", stdin=text.encode())
        found = {one["busid"] for name, one, _ in parse_nccl(out.decode()) if name == "pci"}
        assert {bdf for bdf in found if not bdf.startswith("ff")} == wanted, (text, found)
    # A process that was started so.
    with subprocess.Popen([words[0], "-c", "import sys; print(flush=True); sys.stdin.read()", *words[1:]],
                          executable=sys.executable, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as guest:
        guest.stdout.readline()
        call(binary, "--from", source, "export", "nccl", "--map", f"/proc/{guest.pid}/cmdline")
    for text, why in ((libvirt(ends, False), ":11: the device has no address in the guest yet"),
                      (libvirt([]), "passes no PCI function"), (libvirt(ends)[:-9], "-:1[0-9]: "),
                      ("<!DOCTYPE x><domain/>", "no document type"),
                      (libvirt([ends[0]] * 2), "has an address in the guest already"),
                      (libvirt(["0000:ee:1f.7"]), "0000:ee:1f.7"),
                      ("qemu -device vfio-pci,host=%s" % ends[0], "has no addr"),
                      ("qemu -device vfio-pci,host=%s,addr=zz" % ends[0], "'zz' is not a valid addr"),
                      ("qemu -device vfio-pci,host=%s,bus=x,addr=0" % ends[0], "on bus 'x', which no bridge"),
                      ("qemu -device pcie-root-port,id=x,addr=1 -device pcie-root-port,id=x,bus=x "
                       "-device vfio-pci,host=%s,bus=x,addr=1" % ends[0], "more than 256 buses"),
                      ("qemu -device vfio-pci,host=%s,addr=1." % ends[0], "'1.' is not a valid addr"),
                      ("qemu -device vfio-pci,host=%s,addr=1.8" % ends[0], "'1.8' is not a valid addr"),
                      ("qemu -device vfio-pci,host=%s,addr=20" % ends[0], "'20' is not a valid addr"),
                      ("qemu -device vfio-pci,host=nothing,addr=1", "'nothing' is not the address of a function"),
                      ("qemu -device pxb-pcie,id=e,bus=pcie.0,bus_nr=256,addr=1", "'256' is not a valid bus_nr"),
                      ("qemu -device pxb-pcie,id=e,bus=pcie.0,bus_nr=x,addr=1", "'x' is not a valid bus_nr"),
                      ("qemu -device vfio-pci,host=%s,addr=zz\\ z" % ends[0], "'zz z' is not a valid addr"),
                      (libvirt(ends).replace("slot='0x01'", "slot='0x20'", 1), ":5: not a number of a PCI address"),
                      (libvirt(ends).replace("index='1'", "index='x'", 1), ":5: not a number of a PCI address"),
                      (libvirt(ends).replace("bus='0x04'", "bus='0x10000'"), ":11: not a number of a PCI address"),
                      (libvirt(ends).replace("busNr='240'", "busNr='-1'"), ":9: not a number of a PCI address"),
                      (libvirt(ends).replace("<address type='pci' domain='0x0000' bus='0x04'",
                                             "<address type='ccw' bus='0x04'"), ":11: the device has no address"),
                      (libvirt(ends).replace("<devices>", "<a>" * 99), ":2: deeper than a domain of libvirt"),
                      ("qemu -device {] -device vfio-pci", ":1:")):
        out, error = call(binary, "--from", source, "export", "nccl", "--map", "-", status=4, stdin=text.encode())
        assert not out and re.search(why, error), (text, error)
    call(binary, "--from", source, "export", "nccl", "--map", "vm", status=2)


def check_complexes(binary, source, tree, schemas):
    functions = {function["bdf"]: function for function in tree["functions"]}
    document = json.loads(call(binary, "--from", source, "export", "complexes")[0])
    schemas["complexes"].validate(document)
    placed = {}
    for one in document["complexes"]:
        for member in one["members"]:
            top = functions[member["bdf"]]
            while top["parent"]:
                top = functions[top["parent"]]
            assert top["bdf"] == one["top"] and member["bdf"] not in placed
            placed[member["bdf"]] = one["id"]
    count = sum(len(one["members"]) * (len(one["members"]) - 1) for one in document["complexes"])
    assert len(document["pairs"]) == count
    assert all(placed[pair["provider"]] == placed[pair["client"]] == pair["complex"]
               for pair in document["pairs"])
    dra = json.loads(call(binary, "--from", source, "export", "dra")[0])
    schemas["dra"].validate(dra)
    for device in dra["devices"]:
        for name, value in device["attributes"].items():
            assert len(name.split("/")[1]) <= 32 and len(str(*value.values())) <= 64
    joined = {row["data_direct"]: row["adapter"] for one in document["complexes"] for row in one["joined"]}
    for device in dra["devices"]:
        mine = {placed[part] for part, whole in joined.items() if whole == device["pci_bus_id"]}
        mine = mine or {placed[device["pci_bus_id"]]}
        assert device["attributes"]["p2ptopo.dev/complex"]["string"] in mine


def devices_of(page):
    """The devices in the data of an html export, which nothing but JSON may stand in."""
    data = page.split('<script type="application/json" id="data">', 1)[1].split("</script>", 1)[0]
    assert "<" not in data
    data = json.loads(data)
    assert len(data["pairs"]) in (0, len(data["devices"]))
    return data["devices"]


def check_pictures(binary, source):
    svg = call(binary, "--from", source, "export", "svg")[0].decode()
    ElementTree.fromstring(svg)
    page = call(binary, "--from", source, "export", "html")[0].decode()
    assert svg in page and not re.search(r"https?://(?!www.w3.org/2000/svg)", page)
    call(binary, "--from", source, "export", "dot")
    return devices_of(page)


def metrics(binary, source, *arguments):
    """The samples: each is of the family that was announced last; each family, and each sample, comes once."""
    text = call(binary, "--from", source, "export", "prometheus", *arguments)[0].decode()
    assert text.endswith("\n")
    announced, samples = [], {}
    for line in text.splitlines():
        if line.startswith("#"):
            kind, name, _ = line[2:].split(" ", 2)
            assert kind == "HELP" and name not in announced or kind == "TYPE" and name == announced[-1]
            announced += [name] if kind == "HELP" else []
            continue
        sample = re.fullmatch(r'(\w+)\{(\w+="[^"\\]*"(?:,\w+="[^"\\]*")*)\} \d+', line)
        assert sample and sample.group(1) == announced[-1], line
        name, _, value = line.rpartition(" ")
        assert name not in samples, line
        samples[name] = int(value)
    return samples


def check_metrics(binary, source):
    metrics(binary, source)
    for line in call(binary, "--from", source, "export", "nfd")[0].decode().splitlines():
        label = re.fullmatch(r"p2ptopo\.dev/([\w.-]{1,63})=([\w.-]{1,63})", line)
        assert label, line


def check_measured(binary, source):
    """The best figure of each pair, direction and tool, and what `measured` predicts of it."""
    for name in ("nvbandwidth.txt", "perftest.txt", "p2p-bandwidth-latency.txt"):
        path = str(FIXTURES / "measured" / name)
        samples = metrics(binary, source, "--measured", path)
        document = json.loads(call(binary, "--from", source, "measured", "--json", path, status=1)[0])
        best = {}
        for one in document["figures"]:
            if one["kind"] != "speed" or one["peer_access"] is False or one["provider"] == one["client"]:
                continue
            key = (one["provider"], one["client"], one["op"], one["how"])
            if key not in best or one["gbytes_per_second"] > best[key]["gbytes_per_second"]:
                best[key] = one
        found = {kind: [value for sample, value in samples.items() if sample.startswith(f"p2ptopo_{kind}_bytes")]
                 for kind in ("measured", "predicted")}
        wanted = sorted(one["gbytes_per_second"] for one in best.values())
        assert [round(value / 1e9, 3) for value in sorted(found["measured"])] == wanted, (name, found)
        assert found["predicted"]
    out, error = call(binary, "--from", source, "export", "prometheus", "--measured", "/dev/null", status=4)
    assert not out and "it has no pair" in error


def check_hwloc(binary, source, tree):
    """hwloc wrote it, so that it loads; here: each device is there once, and each matrix has a figure a pair."""
    text, said = call(binary, "--from", source, "export", "hwloc")
    assert all(line.startswith("p2ptopo: ") for line in said.splitlines()), said
    topology = ElementTree.fromstring(text)
    kinds = {function["bdf"]: function["class"] for function in tree["functions"]}
    found = [one.get("pci_busid") for one in topology.iter("object") if one.get("type") == "PCIDev"]
    assert len(found) == len(set(found)) and set(found) <= set(kinds), source
    assert {bdf for bdf, kind in kinds.items() if kind in ("gpu", "nic", "nvme") and bdf[4] == ":"} <= set(found)
    names = {info.get("name") for info in topology.iter("info")}
    assert not found or {"P2PTopoName", "P2PTopoClass", "P2PTopoRules"} <= names, (source, names)
    for matrix in topology.iter("distances2hetero"):
        assert False, "all are devices of PCI"
    for matrix in topology.iter("distances2"):
        count = int(matrix.get("nbobjs"))
        values = " ".join(part.text for part in matrix.findall("u64values")).split()
        assert count <= len(found) and len(values) == count * count, (source, count, len(values))


HOSTILE = "</script><b>\"'&\\]]>--> \N{RIGHT-TO-LEFT OVERRIDE}\N{SNOWMAN}\x1b[31m\n# x\t"


def hostile_tree(binary, source, path):
    """The machine of @source with names that would leave their place in any of the formats."""
    tree = json.loads(call(binary, "--from", source, "tree", "--json")[0])
    for function in tree["functions"]:
        for name in ("vendor_name", "device_name", "class_name", "driver", "slot"):
            if function.get(name):
                function[name] = HOSTILE
        function["os_names"] = [HOSTILE + str(index) for index, _ in enumerate(function["os_names"])]
    path.write_text(json.dumps(tree))
    return tree


def check_hostile(binary, source, scratch):
    path = pathlib.Path(scratch) / "hostile.json"
    tree = hostile_tree(binary, source, path)
    devices = check_pictures(binary, str(path))
    assert any(HOSTILE[:12] in device["label"] for device in devices)
    text, _ = call(binary, "--from", str(path), "export", "nccl", "--with-devices")
    parse_nccl(text.decode())
    check_metrics(binary, str(path))
    check_hwloc(binary, str(path), tree)
    for name in ("complexes", "dra"):
        json.loads(call(binary, "--from", str(path), "export", name)[0])
    # The shape that rdma_topo knows, of the machine of check_broadcom().
    hostile_tree(binary, str(pathlib.Path(scratch) / "nested"), path)
    complexes = json.loads(call(binary, "--from", str(path), "export", "rdma-topo")[0])
    names = [name for one in complexes for devices in one["subsystems"].values() for name in sum(devices.values(), [])]
    assert names and all(name.startswith(HOSTILE[:12]) for name in names), names


TREE = """-[0000:00]-+-00.0
           \\-01.0-[01-04]----00.0-[02-04]--+-00.0-[03]----00.0
                                           \\-01.0-[04]----00.0
"""


def check_unknown(binary, scratch):
    """A tree without registers does not say what its bridges are: nobody claims that there is no switch."""
    path = pathlib.Path(scratch) / "tree.txt"
    path.write_text(TREE)
    devices = json.loads(call(binary, "--from", str(path), "export", "dra", "--all")[0])["devices"]
    below = [device for device in devices if device["pci_bus_id"] in ("0000:03:00.0", "0000:04:00.0")]
    assert len(below) == 2 and not any("p2ptopo.dev/behindSwitch" in device["attributes"] for device in below)
    assert len({device["attributes"]["p2ptopo.dev/complex"]["string"] for device in below}) == 1


def check_broadcom(binary, scratch):
    """Two bridges that one of Broadcom's switches shows are one; of two switches they are two."""
    folder = pathlib.Path(scratch) / "nested"
    gpudirect.sysfs.write_folder(gpudirect.sysfs.Tree(gpudirect.nested((0x15b3, 0x1021), (0x8086, 0x352a))).files,
                                 folder)
    tree = json.loads(call(binary, "--from", str(folder), "tree", "--json")[0])
    for device, subsystems, wanted in (("0xc030", ("0x0123", "0x1123"), "PIX"), ("0xc010", ("0xa0ff",) * 2, "PIX"),
                                       ("0xc030", ("0x0123", "0x0123"), "PXB"), ("0xc040", ("0x0123",) * 2, "PXB")):
        for function in tree["functions"]:
            if function["pcie"].get("type") == "Upstream Port":
                deep = function["depth"] > 2
                function.update(vendor="0x1000", device=device, subsystem_vendor="0x1000",
                                subsystem_device=subsystems[deep])
        path = pathlib.Path(scratch) / "broadcom.json"
        path.write_text(json.dumps(tree))
        check_nccl(binary, str(path), tree)
        groups = json.loads(call(binary, "--from", str(path), "matrix", "--nccl", "--json")[0])["groups"]
        found = {answer["nccl"]["path"] for group in groups for answer in group["clients"] if answer}
        assert {"PIX", "PXB"} & found == {wanted}, (device, subsystems, found)


def check_files(binary, source, scratch):
    """-o replaces a file whole, and leaves it when the format is refused; the names are cleaned."""
    target = pathlib.Path(scratch) / "out"
    target.write_text("old")
    call(binary, "--from", source, "export", "nonsense", "-o", str(target), status=2)
    assert target.read_text() == "old"
    text, _ = call(binary, "--from", source, "export", "complexes")
    out, _ = call(binary, "--from", source, "export", "complexes", "-o", str(target))
    assert not out and target.read_bytes() == text
    call(binary, "--from", source, "pairs", "-o", "PROVIDER")
    call(binary, "--from", source, "export", "nccl", "--skeleton", "--with-devices", status=2)
    call(binary, "--from", source, "export", "nccl", "-o", str(target / "no"), status=4)


def main():
    binary, folder = sys.argv[1], sys.argv[2]
    built = pathlib.Path(binary).resolve().parent / "schemas"
    schemas = {name: jsonschema.Draft202012Validator(json.loads((built / f"{name}.json").read_text()))
               for name in ("complexes", "dra")}
    count, unplaced = 0, 0
    sources = captures.found(folder)
    with tempfile.TemporaryDirectory() as scratch:
        for path in sources:
            source = captures.plain(path, scratch)
            tree = json.loads(call(binary, "--from", source, "tree", "--json")[0])
            if len(tree["functions"]) > 400:
                continue
            try:
                count += check_nccl(binary, source, tree)
                check_map(binary, source, tree)
            except Unplaced:
                unplaced += 1
            check_complexes(binary, source, tree, schemas)
            check_pictures(binary, source)
            check_metrics(binary, source)
            check_hwloc(binary, source, tree)
        source = captures.plain(next((FIXTURES / "generated-server-epyc").glob("tree.tar*")), scratch)
        check_files(binary, source, scratch)
        check_guest(binary, source, json.loads(call(binary, "--from", source, "tree", "--json")[0]))
        check_measured(binary, captures.plain(next((FIXTURES / "generated-server-epyc-redirect").glob("tree.tar*")),
                                              scratch))
        check_broadcom(binary, scratch)
        check_hostile(binary, source, scratch)
        check_unknown(binary, scratch)
    assert count
    print(f"{len(sources)} machines, {count} functions in files of NCCL, {unplaced} without their bridges")


if __name__ == "__main__":
    main()
