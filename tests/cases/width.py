#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No screen of any command, on any fixture, has a line wider than the terminal: 80, 100 or 132 columns.
Each command is asked on each fixture in one way and one width, and in all of them on one or another; with
"all" every question is asked in every width.

usage: width.py P2PTOPO COMMANDS.DEF [all]"""
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import run

FIXTURES = run.FIXTURES
WIDTHS = (80, 100, 132)
# Of a path, a policy or a document nothing can be left out, and view has tests of its own; the others
# act on this machine, or need more of it than a capture has.
OTHERS = {"view", "capture", "export", "prove", "watch", "refresh", "policy show", "policy diff", "policy push",
          "policy clear", "gate status", "policy explain"}
POLICY = {"format": "p2ptopo-policy", "version": 1,
          "rules": [{"action": "allow", "both": True, "provider": {"class": "gpu"},
                     "client": [{"class": "nic"}, {"class": "nvme"}], "when": {"same": "switch"}}]}


def questions(pairs):
    """Command lines by command; @pairs are pairs of names, of which the first and the last are asked about."""
    asked = {
        "report": [[]], "tree": [[], ["--all"]], "topo": [[], ["--all"]], "sources": [[]], "pairs": [[]],
        "matrix": [["--cell", cell] for cell in ("verdict", "way", "latency", "score")],
        "address": [["0xfee00000"]], "help": [[], ["fix"]], "check": [["expected.json"]],
        "policy compile": [["policy.json"]], "diff": [["BEFORE", "m"]], "fleet": [["m", "BEFORE"]],
        "measured": [[str(FIXTURES / "measured" / "nvbandwidth.txt")]],
        "what-if": [["iommu=off"], ["iommu=pt"], ["kernel=5.4"], ["cpu=AMD:23,8086:29c0"]],
        "path": [], "near": [], "fix": [], "flows": [],
    }
    for one, other in {pairs[0], pairs[-1]} if pairs else ():
        asked["path"] += [[one, other]]
        asked["near"] += [[one], [other]]
        asked["fix"] += [[one, other], ["--goal", "gpudirect", one, other], ["--goal", "possible", one, other]]
        asked["flows"] += [[f"{one}>{other}", f"{one}<>{other}"]]
        asked["what-if"] += [[f"driver={one},vfio-pci"]]
    return asked


def ask(binary, width, *words):
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "COLUMNS": str(width), **run.SANITIZERS}
    source = [] if words[0] in ("diff", "fleet", "help") else ["--from", "m"]
    done = subprocess.run([binary, "--pci-ids", str(FIXTURES / "pci.ids"), "--kernel", "6.1", *source, *words],
                          capture_output=True, text=True, check=False, env=environment)
    return done.stdout + "\n".join(line for line in done.stderr.splitlines() if not line.startswith("p2ptopo: "))


def main():
    binary, table = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    commands = set(re.findall(r'\.name = "([^"]+)"', table.read_text())) - OTHERS
    every, met, count, good = len(sys.argv) > 3, {}, 0, True
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        pathlib.Path("policy.json").write_text(json.dumps(POLICY))
        for turn, tree in enumerate(sorted(FIXTURES.glob("*/tree.tar.xz"))):
            shutil.copy(tree, "m")
            shutil.copy(FIXTURES / "generated-desktop/tree.tar.xz", "BEFORE")
            pathlib.Path("expected.json").write_text(ask(binary, 80, "check", "--record"))
            pairs = ask(binary, 80, "pairs", "--csv", "-o", "PROVIDER-NAME,CLIENT-NAME").splitlines()[1:]
            asked = questions([tuple(pair.split(",")) for pair in pairs])
            if commands != set(asked):
                print(f"neither asked nor left out: {', '.join(commands ^ set(asked))}")
                return 1
            for place, (command, lines) in enumerate(asked.items()):
                chosen = itertools.product(lines, WIDTHS) if every else \
                    [(lines[turn % len(lines)], WIDTHS[(turn + place) % len(WIDTHS)])] if lines else []
                for words, width in chosen:
                    count += 1
                    said = ask(binary, width, *command.split(), *words)
                    met.setdefault(command, set()).update([width] if said else [])
                    for line in run.too_wide(said, width):
                        print(f"{tree.parent.name}: {command} {' '.join(words)}: wider than {width}:\n{line}")
                        good = False
    for command, seen in met.items():
        if len(seen) < len(WIDTHS):
            print(f"{command} printed nothing in some of the widths")
            good = False
    print(f"{count} screens")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
