#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The XML that hwloc wrote on each captured machine says what the capture says, function by function and
pair by pair, or that it does not know; damaged, it is refused."""
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
# The interface of a class is not in the XML.
SAME = {"vendor": None, "device": None, "class_code": slice(0, 6), "parent": None}


def ask(binary, source, *words):
    done = subprocess.run([binary, "--kernel", "7.3", "--from", str(source), "--json", *words],
                          capture_output=True, check=False)
    assert done.returncode in (0, 1), f"{source}: {done.stderr.decode()}"
    return json.loads(done.stdout)


def check_functions(capture, xml):
    known = {function["bdf"]: function for function in capture["functions"]}
    for function in xml["functions"]:
        other = known[function["bdf"]]
        for key, part in SAME.items():
            left, right = other[key], function[key]
            if part:
                left, right = left[part], right[part]
            assert left == right, f"{function['bdf']}: {key} is {left}, here {right}"
        assert function["acs"]["present"] is None and function["orphan"], function["bdf"]
        assert set(function["os_names"] or []) <= {*other["os_names"], *[
            name + "n1" for name in other["os_names"]]}, function["bdf"]
        assert function["numa_node"] in (None, other["numa_node"]), function["bdf"]


def check_pairs(capture, xml):
    known = {(pair["provider"], pair["client"]): pair for pair in capture["pairs"]}
    common = 0
    for pair in xml["pairs"]:
        other = known[pair["provider"], pair["client"]]
        assert pair["kernel"]["map_type"] in ("unknown", other["kernel"]["map_type"]), pair
        assert pair["relation"] in (None, other["relation"]), pair
        common += pair["relation"] is not None
    return common


def refuse(binary, folder, text):
    path = pathlib.Path(folder, "damaged.xml")
    path.write_text(text)
    done = subprocess.run([binary, "--from", str(path), "tree"], capture_output=True, check=False)
    assert done.returncode == 4 and done.stderr.count(b"\n") == 1, (text[:60], done)
    assert done.stderr.startswith(f"p2ptopo: {path}: ".encode()), done.stderr


def main():
    binary, common, seen = sys.argv[1], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for archive in sorted(FIXTURES.glob("vm-*/tree.tar.xz")):
            with tarfile.open(archive) as tar:
                names = [name for name in tar.getnames() if name.endswith("hwloc.xml")]
                if not names:
                    continue
                text = tar.extractfile(names[0]).read().decode()
            path = pathlib.Path(folder, archive.parent.name + ".xml")
            path.write_text(text)
            check_functions(ask(binary, archive, "tree"), ask(binary, path, "tree"))
            common += check_pairs(ask(binary, archive, "pairs"), ask(binary, path, "pairs"))
            seen += 1
        for damaged in (text[:len(text) // 2], text.split("<object", 1)[0], text.replace("<info", "<"),
                        '<topology version="2.0">', text.replace('type="PU"', 'type="Bridge"')):
            refuse(binary, folder, damaged)
    assert seen > 10 and common > 10, (seen, common)
    print(f"{seen} machines, {common} pairs below one bridge")
    return 0


if __name__ == "__main__":
    sys.exit(main())
