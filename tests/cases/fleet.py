#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""p2ptopo fleet: nodes of a kind are one shape, whatever they are called; each fact that matters makes
another; one bad file hides no other; many nodes take one pass."""
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from validator import jsonschema

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"


def call(binary, *arguments, status=0, stdin=None):
    done = subprocess.run([binary, *arguments], capture_output=True, check=False, text=True, input=stdin,
                          env={**os.environ, "LC_ALL": "C"})
    assert done.returncode == status, (arguments, done.returncode, done.stderr)
    return done.stdout, done.stderr


def of_its_own(document, number):
    """Another node of the same kind."""
    node = copy.deepcopy(document)
    node["host"] = f"node{number:05}"
    node["machine"]["cmdline"] = f"root=UUID={number:032x}" if number % 2 else None
    for function in node["functions"]:
        if function["serial"] is not None:
            function["serial"] = f"0x{number:016x}"
    return node


def link(function, value):
    for owner, key in (("link", "now"), ("pcie", "link_now")):
        function[owner][key]["width"] = value


def pick(node, wanted):
    return next(function for function in node["functions"] if wanted(function))


def change_acs(node):
    function = pick(node, lambda function: function["acs"]["present"] and
                    function["acs"]["control"] != "0x0000")
    function["acs"]["control"] = function["acs"]["kernel_control"] = "0x0000"
    return "acs"


def change_driver(node):
    pick(node, lambda function: function["driver"])["driver"] = "vfio-pci"
    return "driver"


def change_link(node):
    function = pick(node, lambda function: function["link"]["present"] and function["class"] == "nvme" and
                    (function["link"]["now"] or {}).get("width", 0) > 1)
    link(function, 1)
    return "link"


def change_numa(node):
    pick(node, lambda function: function["class"] == "nvme")["numa_node"] = 1
    return "numa"


def take_away(node):
    gone = pick(node, lambda function: function["class"] == "nvme")
    node["functions"].remove(gone)
    return "gone"


def change_kernel(node):
    node["kernel"] = "5.10.0-1-amd64"
    return "kernel"


def change_port(node):
    pick(node, lambda function: function["class"] == "nvme")["port_mbps"] = 1000
    return "port_mbps"


def change_software(node):
    node["machine"]["stack"]["nvidia_peermem" if "nvidia_peermem" in node["machine"]["stack"] else "peermem"] = 1
    return "software"


def change_cpu(node):
    """What nobody knows is not what is no x86 processor."""
    node["machine"]["cpu_x86"] = node["machine"]["cpu_family"] = node["machine"]["cpu_model"] = None
    return "cpu"


def change_cpu_kind(node):
    change_cpu(node)
    node["machine"]["cpu_x86"] = False
    return "cpu"


CHANGES = [change_acs, change_driver, change_link, change_numa, take_away, change_kernel, change_port, change_software,
           change_cpu, change_cpu_kind]


def check_changes(binary, document, validator, scratch):
    """Forty nodes, and one more for each change: as many shapes as changes, and one."""
    path = pathlib.Path(scratch) / "nodes.jsonl"
    nodes, wanted = [of_its_own(document, number) for number in range(40)], {}
    for number, change in enumerate(CHANGES):
        node = of_its_own(document, 100 + number)
        wanted[node["host"]] = change(node)
        nodes.insert(number * 5, node)
    path.write_text("".join(json.dumps(node) + "\n" for node in nodes))
    text, _ = call(binary, "fleet", str(path), status=1)
    assert f"{len(nodes)} nodes in {len(CHANGES) + 1} shapes" in text, text
    found = json.loads(call(binary, "fleet", "--json", str(path), status=1)[0])
    validator.validate(found)
    assert found["shapes"][0]["golden"] and len(found["shapes"][0]["nodes"]) == 40
    for shape in found["shapes"][1:]:
        (name,) = shape["nodes"]
        about = {difference["about"] for difference in shape["differences"]}
        assert wanted.pop(name) in about, (name, about)
    assert not wanted
    same, _ = call(binary, "fleet", "-", status=1, stdin=path.read_text())
    assert same == text


def check_inputs(binary, document, scratch):
    """A folder of captures and documents, with one that is neither; a golden node; nothing at all."""
    folder = pathlib.Path(scratch) / "nodes"
    folder.mkdir()
    capture = next((FIXTURES / "vm-switch").glob("tree.tar*"))
    os.symlink(capture, folder / "a.capture")
    tree = json.loads(call(binary, "--from", str(capture), "tree", "--json")[0])
    (folder / "b.json").write_text(json.dumps(of_its_own(tree, 1), indent=1))
    (folder / ".hidden").write_text("no")
    text, _ = call(binary, "fleet", str(folder))
    assert "2 nodes in 1 shape" in text, text
    (folder / "c.txt").write_text("no machine")
    text, error = call(binary, "fleet", str(folder), status=4)
    assert "2 nodes in 1 shape" in text and "c.txt: not read" in error and "1 node could not be read" in error
    (folder / "d").symlink_to("nowhere")
    (folder / "e").symlink_to(folder)
    text, error = call(binary, "fleet", str(folder), status=4)
    assert "2 nodes in 1 shape" in text and "d: not read: No such file" in error and "3 nodes could not" in error, error
    assert "e: not read: it is a link to a folder" in error, error
    for name in "de":
        (folder / name).unlink()
    golden = pathlib.Path(scratch) / "golden.json"
    odd = of_its_own(tree, 2)
    odd["kernel"] = "4.20.0"
    golden.write_text(json.dumps(odd))
    (folder / "c.txt").unlink()
    found = json.loads(call(binary, "fleet", "--json", "--golden", str(golden), str(folder), status=1)[0])
    assert [shape["golden"] for shape in found["shapes"]] == [False, True]
    assert any(row["about"] == "kernel" for row in found["shapes"][0]["differences"])
    (pathlib.Path(scratch) / "empty").mkdir()
    _, error = call(binary, "fleet", str(pathlib.Path(scratch) / "empty"), status=4)
    assert "no node could be read" in error
    call(binary, "fleet", str(pathlib.Path(scratch) / "missing"), status=4)
    call(binary, "fleet", "-", status=4, stdin="{}\n{\"a\":1}\n\n")
    call(binary, "fleet", "-", status=4, stdin="")
    text, _ = call(binary, "fleet", "-", stdin=json.dumps(tree, indent=1))
    assert "1 node in 1 shape" in text
    hostile = of_its_own(document, 3)
    hostile["host"] = "a\"\\\n\x1b[31m"
    text, _ = call(binary, "fleet", "-", stdin=json.dumps(hostile) + "\n" + json.dumps(hostile) + "\n")
    assert "2 nodes in 1 shape" in text and "\x1b" not in text


PAGE = FIXTURES.parent.parent / "man/p2ptopo-fleet.1"


def queries():
    """The commands of the manual that read fleet.jsonl, by the program that runs them."""
    text = PAGE.read_text().split(".Sh EXAMPLES", 1)[1].replace("\\-", "-").replace("\\e", "\\")
    found = {}
    for block in re.findall(r"^\.Bd.*?\n(.*?)^\.Ed", text, re.M | re.S):
        for command in block.split("\n\n"):
            if "fleet.jsonl" in command and not command.startswith("p2ptopo"):
                found.setdefault(command.split()[0], []).append(command)
    return found


def check_lines(binary, document, scratch):
    """A line a node, with the same keys in each, and the queries of the manual; those of absent programs are named."""
    path = pathlib.Path(scratch) / "nodes.jsonl"
    wanted = {}
    for number, change in enumerate(CHANGES + CHANGES[:1]):
        node = of_its_own(document, 200 + number)
        wanted[node["host"]] = change(node)
        with path.open("a") as file:
            file.write(json.dumps(node) + "\n")
    count = len(path.read_text().splitlines())
    out, _ = call(binary, "fleet", "--jsonl", str(path), status=1)
    (pathlib.Path(scratch) / "fleet.jsonl").write_text(out)
    lines = [json.loads(line) for line in out.splitlines()]
    assert len(lines) == count and len({tuple(line) for line in lines}) == 1
    odd = {line["node"]: {difference["about"] for difference in line["differences"]}
           for line in lines if not line["golden"]}
    assert set(odd) >= set(wanted) - {line["node"] for line in lines if line["golden"]}
    assert all(wanted[name] in about for name, about in odd.items() if name in wanted), odd
    assert all(line["alike"] == sum(one["shape"] == line["shape"] for one in lines) for line in lines)
    shapes = sorted({line["shape"]: line["alike"] for line in lines}.items(), key=lambda row: -row[1])
    facts = {about: sum(about in one for one in odd.values()) for about in set().union(*odd.values())}
    answers = {"jq": lambda outputs: check_jq(outputs, shapes, odd, facts),
               "duckdb": lambda outputs: check_csv(outputs, shapes, odd, facts),
               "clickhouse": lambda outputs: check_clickhouse(outputs, shapes)}
    found = queries()
    assert found.keys() == answers.keys() and [len(found[name]) for name in answers] == [3, 3, 1], found
    for name, check in answers.items():
        if not shutil.which(name):
            print(f"no {name} to run the manual's queries")
            continue
        check([subprocess.run(["/bin/sh", "-c", query], cwd=scratch, capture_output=True, text=True, check=True).stdout
               for query in found[name]])


def check_jq(outputs, shapes, odd, facts):
    first = json.loads(outputs[0])
    assert {(row["shape"], row["nodes"]) for row in first} == set(shapes) and first[0]["nodes"] == shapes[0][1]
    rows = [line.split("\t") for line in outputs[1].splitlines()]
    assert {row[0]: set(row[1:]) for row in rows} == odd
    assert {row["about"]: row["nodes"] for row in json.loads(outputs[2])} == facts


def check_csv(outputs, shapes, odd, facts):
    tables = [[line.split(",") for line in output.splitlines()[1:]] for output in outputs]
    assert {(shape, int(nodes)) for shape, nodes in tables[0]} == set(shapes)
    assert {tuple(row) for row in tables[1]} == {(node, about) for node, all_of in odd.items() for about in all_of}
    assert {about: int(nodes) for about, nodes in tables[2]} == facts


def check_clickhouse(outputs, shapes):
    assert {(shape, int(nodes)) for shape, nodes in map(str.split, outputs[0].splitlines())} == set(shapes)


def main():
    binary = sys.argv[1]
    schema = pathlib.Path(binary).resolve().parent / "schemas/fleet.json"
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text()))
    capture = next((FIXTURES / "generated-server-epyc-redirect").glob("tree.tar*"))
    document = json.loads(call(binary, "--from", str(capture), "tree", "--json")[0])
    with tempfile.TemporaryDirectory() as scratch:
        check_changes(binary, document, validator, scratch)
        check_inputs(binary, document, scratch)
    with tempfile.TemporaryDirectory() as scratch:
        check_lines(binary, document, scratch)
    print(f"{len(CHANGES)} kinds of odd nodes")


if __name__ == "__main__":
    main()
