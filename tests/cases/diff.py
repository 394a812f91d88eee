#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every machine is like itself, and like its report; what is printed is what its schema says; and functions are told
again where cards were added, moved and swapped."""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from validator import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "generate")]
import big      # noqa: E402
import fabric   # noqa: E402
import random_fabric    # noqa: E402
import sysfs    # noqa: E402
from configspace import DOWNSTREAM, ROOT_PORT, UPSTREAM    # noqa: E402
import captures    # noqa: E402

# As it is built, beside the command.
SCHEMA = pathlib.Path(sys.argv[1]).resolve().parent / "schemas" / "diff.json"


def diff(binary, old, new, *options):
    """The document; the exit status is 1 when there is something in it."""
    done = subprocess.run([binary, "--json", *options, "diff", old, new], check=False,
                          env={**os.environ, "LC_ALL": "C"}, capture_output=True)
    assert done.returncode in (0, 1) and not done.stderr, done.stderr.decode()
    document = json.loads(done.stdout)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    assert done.returncode == bool(document["differences"] or document["pairs"])
    return document


def run(binary, *arguments):
    done = subprocess.run([binary, *arguments], env={**os.environ, "LC_ALL": "C"},
                          capture_output=True, check=False)
    assert done.returncode == 0, f"{' '.join(arguments)}: {done.stderr.decode()}"
    return done.stdout


def check_report(binary, source, file):
    """The report of a machine holds all that is compared, and answers as the machine does."""
    pathlib.Path(file).write_bytes(run(binary, "--from", source, "--json", "tree"))
    document = diff(binary, source, file, "--all")
    assert not document["differences"] and not document["pairs"], f"{source}: not its report"
    for command in (("tree",), ("matrix", "--all")):
        answers = [json.loads(run(binary, "--from", path, "--json", *command))
                   for path in (source, file)]
        assert answers[0].pop("source") != answers[1].pop("source") == "tree-document"
        assert answers[0] == answers[1], f"{source}: its report has another {command[0]}"


NODES = "sys/devices/virtual/kfd/kfd/topology/nodes"


def software():
    """Two AMD GPUs that reach one another, an adapter, and what their drivers say of themselves."""
    made = fabric.Fabric(cpu="amd")
    host = made.host(bus=0, node=0)
    host.endpoint(0, "hostbridge")
    for slot, kind in enumerate(("gpu", "gpu", "nic", "nvme"), 1):
        card = host.port(ROOT_PORT, slot << 3).endpoint(0, kind)
        card.driver = {"gpu": "amdgpu", "nic": "mlx5_core", "nvme": "nvme"}[kind]
        if kind == "gpu":
            card.vendor, card.device = 0x1002, 0x740f
    tree = sysfs.Tree(made, False)
    gpus = [card for card in made.functions() if card.driver == "amdgpu"]
    for number, card in enumerate(gpus, 1):
        node, other = f"{NODES}/{number}", 3 - number
        folder = next(path for path in tree.files if path.endswith(f"{card.name}/vendor"))[:-7]
        tree.text(f"{folder}/mem_info_vram_total", "68702699520\n")
        tree.text(f"{folder}/mem_info_vis_vram_total", "68702699520\n")
        tree.text(f"{node}/properties", f"simd_count 416\nlocation_id {card.bus << 8}\n"
                  "domain 0\nio_links_count 0\np2p_links_count 1\n")
        tree.text(f"{node}/p2p_links/0/properties", f"type 2\nnode_from {number}\nnode_to {other}\n")
    tree.text(f"{NODES}/0/properties", "simd_count 0\nlocation_id 0\n")
    tree.text("sys/module/amdgpu/version", "6.10.5\n")
    tree.text("sys/module/amdgpu/parameters/pcie_p2p", "Y\n")
    return tree.files


def check_software(binary, scratch):
    """A tree document holds what ways depend on, so that it has the same ways."""
    source, document = f"{scratch}/software.tar", f"{scratch}/software.json"
    sysfs.write_tar(software(), source)
    check_report(binary, source, document)
    facts = json.loads(pathlib.Path(document).read_text())
    gpus = [function for function in facts["functions"] if function["driver"] == "amdgpu"]
    assert [gpu["kfd_peers"] for gpu in gpus] == [[gpus[1]["bdf"]], [gpus[0]["bdf"]]]
    assert all(gpu["vram_visible_bytes"] == 68702699520 for gpu in gpus)
    assert facts["machine"]["stack"]["amdgpu"] == 6010005
    assert facts["machine"]["stack"]["amdgpu_p2p"] == 1
    ways = [[pair["drivers"] for pair in json.loads(run(binary, "--from", path, "--json",
                                                        "pairs"))["pairs"]]
            for path in (source, document)]
    assert ways[0] == ways[1]
    assert {way["way"] for way in ways[0]} > {"kfd"}, ways[0]
    # What a document of an older release does not have is not known, and not absent.
    for function in facts["functions"]:
        for key in ("kfd_peers", "efa_provider", "clique", "vram_bytes", "vram_visible_bytes"):
            function.pop(key, None)
            function["unknown"].pop(key, None)
    del facts["machine"]["stack"]
    pathlib.Path(document).write_text(json.dumps(facts))
    again = json.loads(run(binary, "--from", document, "--json", "tree"))
    assert all(function["unknown"]["kfd_peers"] and function["unknown"]["vram_bytes"]
               for function in again["functions"])
    assert set(again["machine"]["stack"].values()) == {None}


def machine(cards, front=False):
    """Root ports with a card each: (device of the root port, kind, serial).  front: one more root
    port before all others, which moves their buses up."""
    made = fabric.Fabric(cpu="intel")
    host = made.host(bus=0, node=0)
    host.endpoint(0, "hostbridge")
    if front:
        host.port(ROOT_PORT, 1 << 3)
    for device, kind, serial in cards:
        host.port(ROOT_PORT, device << 3).endpoint(0, kind, serial=serial)
    return made


def switch(redirects, narrow=None):
    """A switch with three drives; the downstream ports of these numbers redirect; the drive of
    this number has one lane."""
    made = fabric.Fabric(cpu="intel")
    host = made.host(bus=0, node=0)
    host.endpoint(0, "hostbridge")
    up = host.port(ROOT_PORT, 1 << 3).port(UPSTREAM, 0)
    for i in range(3):
        down = up.port(DOWNSTREAM, i << 3, acs=0x1d if i in redirects else 0)
        down.endpoint(0, "nvme", width=1 if i == narrow else 4)
    return made


def check_bars(binary, scratch):
    """A document lists the BARs that there are: the others hide none of a GPU's memory."""
    made = fabric.Fabric(cpu="amd")
    host = made.host(bus=0, node=0)
    for slot in (1, 2):
        card = host.port(ROOT_PORT, slot << 3).endpoint(0, "gpu", bars=((1 << 28, 12),))
        card.vendor, card.device, card.driver = 0x1002, 0x740f, "amdgpu"
    files = sysfs.Tree(made, False).files
    files["sys/module/amdgpu/parameters/pcie_p2p"] = b"Y\n"
    sysfs.write_tar(files, f"{scratch}/bars.tar")
    check_report(binary, f"{scratch}/bars.tar", f"{scratch}/bars.json")
    ways = [[pair["drivers"] for pair in json.loads(run(binary, "--from", f"{scratch}/bars.{end}", "--json", "pairs"))["pairs"]]
            for end in ("tar", "json")]
    assert ways[0] == ways[1] and ways[0]


def write(made, path):
    sysfs.write_tar(sysfs.Tree(made, False).files, path)
    return path


def changes(document, *abouts):
    return [(each["about"], each["was"], each["is"], each["evidence"])
            for each in document["differences"] if each["about"] in abouts]


A, B, C = 0x0000c90300a0b0c0, 0x0000c90300a0b0c1, 0x0000c90300a0b0c2
WHERE = ("gone", "new", "moved", "renumbered")


def check_cases(compare):
    """compare(old, new): the document on two generated machines."""
    two = [(2, "nvme", A), (3, "nvme", B)]
    assert not compare(machine(two), machine(two))["differences"]
    # A bus before them: both are where they were.
    assert changes(compare(machine(two), machine(two, front=True)), *WHERE) == [
        ("new", None, "0000:00:01.0", None),
        ("renumbered", "0000:01:00.0", "0000:02:00.0", "serial"),
        ("renumbered", "0000:02:00.0", "0000:03:00.0", "serial")]
    # Two cards of one kind swapped: only their numbers tell.
    swapped = machine([(2, "nvme", B), (3, "nvme", A)])
    assert changes(compare(machine(two), swapped), *WHERE) == [
        ("moved", "0000:01:00.0", "0000:02:00.0", "serial"),
        ("moved", "0000:02:00.0", "0000:01:00.0", "serial")]
    # Without numbers, or with a capture's own, nobody can see that.
    for one, other in ((None, None), (0x02 << 56 | 1, 0x02 << 56 | 2)):
        plain = [(2, "nvme", one), (3, "nvme", other)]
        again = machine([(2, "nvme", other), (3, "nvme", one)])
        assert not compare(machine(plain), again)["differences"]
    # A card replaced by its like.
    assert changes(compare(machine(two), machine([(2, "nvme", A), (3, "nvme", C)])), *WHERE) == [
        ("gone", "0000:02:00.0", None, None), ("new", None, "0000:02:00.0", None)]
    # Put elsewhere, without a number; the port there is new, the old one gone.
    assert changes(compare(machine([(2, "nvme", None)]), machine([(5, "nvme", None)])),
                   "gone", "new") == []
    assert changes(compare(machine([(2, "nvme", None)]), machine([(5, "nvme", None)])),
                   "moved") == [("moved", "0000:00:02.0", "0000:00:05.0", "ids"),
                                ("moved", "0000:01:00.0", "0000:01:00.0", "address")]
    # Another kind in the slot.
    assert changes(compare(machine([(2, "nvme", None)]), machine([(2, "gpu", None)])), *WHERE) == [
        ("gone", "0000:01:00.0", None, None), ("new", None, "0000:01:00.0", None)]


def check_pairs(compare):
    """Which pairs change when one port of three begins to redirect, and when all do."""
    one = compare(switch(()), switch((1,)))
    assert [each["was"] for each in one["differences"]] == ["0000:02:01.0"]
    assert sum(row["pairs"] for row in one["pairs"]) == 4
    for row in one["pairs"]:
        assert "0000:04:00.0" in row["providers"] + row["clients"]
    slow = compare(switch(()), switch((), narrow=2))
    assert [(each["about"], each["is"]) for each in slow["differences"]] == [
        ("link", "0000:05:00.0")]
    assert sum(row["pairs"] for row in slow["pairs"]) == 4
    for row in slow["pairs"]:
        before, after = row["before"], row["after"]
        assert before["map_type"] == after["map_type"] == "bus_addr"
        for key in ("read_gbytes_per_second", "write_gbytes_per_second"):
            assert 3.5 < before[key] / after[key] < 4.5, row
    every = compare(switch(()), switch((0, 1, 2)))
    assert len(every["pairs"]) == 1 and every["pairs"][0]["pairs"] == 6
    assert every["pairs"][0]["before"]["map_type"] == "bus_addr"
    assert every["pairs"][0]["after"]["map_type"] == "thru_host_bridge"


ANSWER = "provider,client,relation,kernel.map_type,kernel.distance,drivers.delivered,speed"


def answers(binary, source):
    """What every pair answers, as far as diff compares it."""
    lines = run(binary, "--kernel", "6.12", "--from", source, "--all", "pairs", "--jsonl", "-o", ANSWER).splitlines()
    found = {}
    for pair in map(json.loads, lines[1:]):
        kernel = pair["kernel"]
        speeds = [pair["speed"][kind]["gbytes_per_second"] if pair["speed"][kind]["known"] and
                  kernel["map_type"] != "not_supported" else None for kind in ("read", "write")]
        found[pair["provider"], pair["client"]] = (
            pair["relation"], kernel["map_type"], kernel["map_type"] != "unknown" and kernel["distance"],
            pair["drivers"]["delivered"], *(speed and f"{speed:.3g}" for speed in speeds))
    return found


def acs_control(data):
    """Where the ACS Control register lies in config space; 0 nowhere."""
    at = 0x100
    while at and at + 8 <= len(data):
        if data[at] == 0x0d:
            return at + 6
        at = int.from_bytes(data[at:at + 4], "little") >> 20
    return 0


def alter(files, draw):
    """Turns one bit of one function over: of its ACS control, or anywhere in what is there."""
    spaces = {path: bytearray(data) for path, data in files.items() if path.endswith("/config") and len(data) > 64}
    ports = [path for path, data in spaces.items() if acs_control(data)]
    if ports and draw.random() < 0.7:
        path = draw.choice(ports)
        spaces[path][acs_control(spaces[path])] ^= draw.choice((0x04, 0x08, 0x1c))
    else:
        path = draw.choice(list(spaces))
        spaces[path][draw.choice([i for i, byte in enumerate(spaces[path]) if byte and i > 3])] ^= 1 << draw.randrange(8)
    files[path] = bytes(spaces[path])


def server(draw):
    """Cards of each kind that are alike, below switches and below root ports, with drivers that ask for what files say."""
    made = fabric.Fabric(cpu=draw.choice(("amd", "intel")))
    made.iommu = draw.random() < 0.5
    for node in range(2):
        host = made.host(bus=node * 0x80, node=node)
        host.endpoint(0, "hostbridge")
        up = host.port(ROOT_PORT, 1 << 3).port(UPSTREAM, 0)
        places = [up.port(DOWNSTREAM, i << 3) for i in range(6)] + [host.port(ROOT_PORT, i << 3) for i in range(2, 8)]
        for place, kind in zip(places, ("gpu", "gpu", "nic", "nic", "nvme", "nvme") * 2):
            card = place.endpoint(0, kind, now=(1, 4) if kind == "nvme" else None)
            card.driver = {"gpu": "amdgpu" if node else "nvidia", "nic": "mlx5_core", "nvme": "nvme"}[kind]
            card.mbps = 200000 if kind == "nic" else None
            if kind == "gpu":
                card.vendor, card.device = (0x1002, 0x740f) if node else (0x10de, 0x2331)
    files = sysfs.Tree(made, False).files
    files["sys/module/amdgpu/version"] = b"6.10.5\n"
    files["sys/module/amdgpu/parameters/pcie_p2p"] = b"Y\n"
    files["sys/module/nvidia/version"] = b"570.124.06\n"
    return files


def restate(files, draw):
    """Changes what one file says of one function.  Return: of what kind it is."""
    found = {"speed": b"10000\n", "resource": None, "driver": None, "numa_node": None, "power_state": b"D3hot\n",
             "mem_info_vram_total": None, "iommu_group": None}
    name = draw.choice([name for name in found if any(path.endswith("/" + name) for path in files) or
                        name in ("power_state", "mem_info_vram_total")])
    cards = [path[:-len("/driver")] for path in files if path.endswith("/driver") and
             "pcieport" not in files[path]]
    if name == "speed":
        path = draw.choice([path for path in files if path.endswith("/" + name)])
    else:
        path = f"{draw.choice(cards)}/{name}"
    if name == "driver":
        files[path] = sysfs.Link(files[path].rsplit("/", 1)[0] + "/" + draw.choice(("vfio-pci", "xe", "efa", "nvidia")))
    elif name == "iommu_group":
        other = draw.choice([other for other in files if other.endswith("/iommu_group")])
        target = os.path.join(os.path.dirname(other), files[other])
        files[path] = sysfs.Link(os.path.relpath(target, os.path.dirname(path)))
    elif name == "numa_node":
        files[path] = draw.choice((b"0\n", b"1\n", b"-1\n"))
    elif name == "resource":
        lines = files[path].split(b"\n")
        at = next(i for i, line in enumerate(lines) if line.split()[1:2] and int(line.split()[1], 16))
        first, _, flags = lines[at].split()
        lines[at] = b"%s 0x%016x %s" % (first, int(first, 16) + (64 << 30) - 1, flags)
        files[path] = b"\n".join(lines)
    elif name == "mem_info_vram_total":
        files[path] = files[path[:-len("total")].replace("vram_", "vis_vram_") + "total"] = b"68702699520\n"
    else:
        files[path] = found[name]
    return name


def check_pair_by_pair(binary, paths, where):
    """The pairs of two machines answer otherwise that diff says so of, and no other.  Return: whether any does."""
    old, new = (answers(binary, path) for path in paths)
    document = diff(binary, *paths, "--all", "--kernel", "6.12")
    if {each["about"] for each in document["differences"]} & set(WHERE):
        return False
    told = {(provider, client) for row in document["pairs"] for provider in row["providers"]
            for client in row["clients"] if provider != client}
    expected = {pair for pair in old.keys() & new.keys() if old[pair] != new[pair] and pair[0] != pair[1]}
    assert told == expected, f"{where}: {sorted(told ^ expected)[:3]}"
    return bool(told)


def check_every_pair(binary, scratch, seeds):
    """One bit of config space, and one thing that a file says."""
    paths, changed = [f"{scratch}/{name}.tar" for name in ("old", "new")], 0
    for seed in range(seeds):
        draw = random.Random(seed)
        files = sysfs.Tree(big.make(draw.choice((60, 120))) if seed % 3 else random_fabric.make(seed), False).files
        sysfs.write_tar(files, paths[0])
        alter(files, draw)
        sysfs.write_tar(files, paths[1])
        changed += check_pair_by_pair(binary, paths, f"seed {seed}")
    assert changed > seeds / 5, changed
    for seed in range(seeds):
        draw = random.Random(seed)
        files = server(draw)
        sysfs.write_tar(files, paths[0])
        name = restate(files, draw)
        sysfs.write_tar(files, paths[1])
        changed += check_pair_by_pair(binary, paths, f"seed {seed}, {name}")
    assert changed > seeds / 2, changed


def check_cpu(binary, scratch):
    """A processor that is no x86 is not one that nobody knows."""
    paths = [f"{scratch}/{name}.tar" for name in ("arm", "unread")]
    document = json.loads(run(binary, "--from", write(switch(()), paths[0]), "--json", "tree"))
    for path, is_x86 in zip(paths, (False, None)):
        document["machine"].update(cpu_vendor=None, cpu_x86=is_x86, cpu_family=None, cpu_model=None)
        pathlib.Path(path).write_text(json.dumps(document))
    assert [(each["before"], each["after"]) for each in diff(binary, *paths)["differences"]
            if each["about"] == "cpu"] == [
        ("not known, family not x86, model not x86", "not known, family not known, model not known")]


def main():
    binary, folder = sys.argv[1], sys.argv[2]
    found = captures.found(folder)
    assert found, "no fixture"
    with tempfile.TemporaryDirectory() as scratch:
        for path in found:
            source = captures.plain(path, scratch)
            document = diff(binary, source, source, "--all")
            assert not document["differences"] and not document["pairs"], path
            check_report(binary, source, f"{scratch}/tree.json")

        def compare(old, new):
            paths = [f"{scratch}/{name}.tar" for name in ("old", "new")]
            for made, path in zip((old, new), paths):
                write(made, path)
            return diff(binary, *paths)
        check_cases(compare)
        check_pairs(compare)
        check_software(binary, scratch)
        check_cpu(binary, scratch)
        check_bars(binary, scratch)
        check_every_pair(binary, scratch, max(40 // captures.every(), 10))
    print(f"{len(found)} captures are like themselves")


if __name__ == "__main__":
    main()
