#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What p2ptopo-fleet(1), QUERIES, asks of the documents of nodes, as it stands there, of four nodes."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
NODES = {"node1": "epyc", "node2": "epyc", "node3": "epyc-redirect", "node4": "skylake"}


def queries():
    page = (TOP / "man/p2ptopo-fleet.1").read_text().split(".Sh QUERIES", 1)[1].split("\n.Sh ", 1)[0]
    return [block.replace("\\e", "\\") for block in re.findall(r"\.Bd -literal.*?\n(.*?)\.Ed", page, re.S)]


def main():
    if not shutil.which("jq"):
        print("skipped: jq is not installed")
        sys.exit(77)
    binary = pathlib.Path(sys.argv[1]).resolve()
    redirects = set()
    with tempfile.TemporaryDirectory() as scratch:
        nodes = pathlib.Path(scratch) / "nodes"
        nodes.mkdir()
        for name, machine in NODES.items():
            fixture = next((TOP / f"tests/fixtures/generated-server-{machine}").glob("tree.tar*"))
            document = json.loads(subprocess.run([binary, "--from", fixture, "tree", "--json"], capture_output=True,
                                                 check=True).stdout)
            document.update(host=name, kernel="6.12.9" if name == "node4" else None)
            redirects |= {(name, one["bdf"]) for one in document["functions"] if one["acs"].get("redirects")}
            (nodes / f"{name}.json").write_text(json.dumps(document))
        environment = {**os.environ, "PATH": f"{binary.parent}:{os.environ['PATH']}"}
        found = []
        for query in queries():
            done = subprocess.run(["sh", "-c", query], capture_output=True, text=True, check=False, cwd=scratch,
                                  env=environment)
            assert done.returncode == 0 and not done.stderr, done
            found.append({tuple(line.split(None, 1)) for line in done.stdout.splitlines()})
        assert len(found) == 2
        assert found[0] == redirects and {"node3"} <= {node for node, _ in redirects}, found[0]
        assert found[1] == {("1", "6.12.9"), ("3", "not known")}, found[1]
    print(f"{len(found)} queries")


if __name__ == "__main__":
    main()
