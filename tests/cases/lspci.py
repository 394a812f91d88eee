#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `tree --json` decodes is what lspci -vvv prints, on every dump and every captured tree."""

import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

from captures import every

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
FUNCTION = re.compile(r"^([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) ")
TYPES = {"Legacy Endpoint": "Legacy Endpoint", "Endpoint": "Endpoint", "Root Port": "Root Port",
         "Upstream Port": "Upstream Port", "Downstream Port": "Downstream Port"}


def flags(text):
    return {name: sign == "+" for name, sign in re.findall(r"(\w+)([+-])", text)}


def on(words):
    return sorted(name for name, value in flags(words).items() if value)


def link(text):
    found = re.search(r"Speed ([\d.]+)GT/s.*?Width x(\d+)", text)
    return found and {"speed_mtps": int(float(found[1]) * 1000), "width": int(found[2])}


def known(facts, *keys):
    """The value at a path of keys; None where the tool says nothing."""
    for key in keys:
        facts = facts.get(key) if isinstance(facts, dict) else None
    return facts


# (the line lspci prints, what it means, where the tool says the same)
ROWS = [
    (r"Capabilities: \[\w+\] Express \(v\d+\) ([^,(]+)", lambda m: TYPES.get(m[1].strip()),
     ("pcie", "type")),
    (r"LnkCap:\t(.*)", lambda m: link(m[1]), ("pcie", "link_most")),
    (r"LnkSta:\t(.*)", lambda m: link(m[1]), ("pcie", "link_now")),
    (r"MaxPayload (\d+) bytes, MaxReadReq", lambda m: int(m[1]), ("pcie", "mps_bytes")),
    (r"MaxReadReq (\d+) bytes", lambda m: int(m[1]), ("pcie", "mrrs_bytes")),
    (r"(RlxdOrd[+-])", lambda m: flags(m[1])["RlxdOrd"], ("pcie", "relaxed_ordering")),
    (r"RlxdOrd[+-] (ExtTag[+-])", lambda m: flags(m[1])["ExtTag"], ("pcie", "extended_tags")),
    (r"AtomicOpsCap: (Routing[+-])", lambda m: flags(m[1])["Routing"], ("pcie", "atomic_routing")),
    (r"AtomicOpsCtl: (ReqEn[+-])", lambda m: flags(m[1])["ReqEn"], ("pcie", "atomic_requester")),
    (r"ACSCap:\t(.*)", lambda m: on(m[1]), ("acs", "can")),
    (r"ACSCtl:\t(.*)", lambda m: on(m[1]), ("acs", "on")),
    (r"ATSCtl:\t(Enable[+-])", lambda m: flags(m[1])["Enable"], ("ats", "enabled")),
    (r"PRICtl: (Enable[+-])", lambda m: flags(m[1])["Enable"], ("pri", "enabled")),
    (r"PASIDCtl: (Enable[+-])", lambda m: flags(m[1])["Enable"], ("pasid", "enabled")),
    (r"Total VFs: (\d+)", lambda m: int(m[1]), ("sriov", "total")),
    (r"DpcCtl:\tTrigger:(\d)", lambda m: m[1] != "0", ("dpc", "enabled")),
]


def lspci(arguments):
    """What lspci says of each function: {bdf: its text}."""
    done = subprocess.run(["lspci", "-D", "-vvv", *arguments], capture_output=True, check=False)
    texts, bdf = {}, None
    for line in done.stdout.decode(errors="replace").splitlines():
        start = FUNCTION.match(line)
        bdf = start[1] if start else bdf
        texts[bdf] = texts.get(bdf, "") + line + "\n"
    return texts


def compare(source, text, facts):
    """How many lines agreed; what did not is printed."""
    agreed = wrong = 0
    for pattern, meaning, keys in ROWS:
        found = re.search(pattern, text)
        expected = found and meaning(found)
        if expected is None:
            continue
        came = known(facts, *keys)
        # A link that is down and the reserved bits of a VF are said by lspci all the same.
        if keys[-1] == "link_now" and came is None or facts["physfn"]:
            continue
        # lspci knows no port whose capability and control are dwords.
        if keys == ("acs", "on") and facts["acs"]["control"] != facts["acs"]["kernel_control"]:
            continue
        came = sorted(came) if isinstance(came, list) else came
        if came != expected:
            print(f"{source}: {facts['bdf']}: {'.'.join(keys)}: lspci {expected}, p2ptopo {came}")
            wrong += 1
        agreed += 1
    return agreed, wrong


def check(binary, source, arguments):
    texts = lspci(arguments)
    done = subprocess.run([binary, "--from", source, "tree", "--json"], capture_output=True,
                          check=True)
    functions = json.loads(done.stdout)["functions"]
    agreed = wrong = 0
    for facts in functions:
        if facts["bdf"] in texts:
            more, bad = compare(source, texts[facts["bdf"]], facts)
            agreed, wrong = agreed + more, wrong + bad
    return agreed, wrong


def chosen(paths):
    """All; where P2PTOPO_EVERY is N, every Nth, as captures.found() has it."""
    return sorted(paths)[::every()]


def trees(scratch):
    """Fixtures, extracted: lspci reads folders only."""
    for path in chosen(FIXTURES.glob("*/tree.tar*")):
        folder = pathlib.Path(scratch) / path.parent.name
        with tarfile.open(path) as archive:
            archive.extractall(folder)
        for function in folder.glob("sys/devices/**/vendor"):
            irq = function.parent / "irq"
            if not irq.exists():        # lspci gives up on a function without one
                irq.write_text("0\n")
        yield str(folder), ["-O", f"sysfs.path={folder}/sys/bus/pci"]


def dumps(captures):
    paths = [path for below in ("lspci", "pciutils")
             for path in (pathlib.Path(captures) / below).iterdir() if path.name != "COPYING"]
    for path in chosen(paths):
        yield str(path), ["-F", str(path)]


def main():
    binary, captures = sys.argv[1], sys.argv[2]
    agreed = wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        sources = list(trees(scratch)) + (list(dumps(captures)) if captures else [])
        for source, arguments in sources:
            more, bad = check(binary, source, arguments)
            agreed, wrong = agreed + more, wrong + bad
    print(f"{agreed} lines of lspci compared, {wrong} differ")
    return wrong > 0 or agreed == 0


if __name__ == "__main__":
    sys.exit(main())
