#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A tree document that lost the port above a function does not put the function on a root bus, where the
kernel would decide otherwise.

usage: no-parent.py P2PTOPO FIXTURES"""

import copy
import json
import pathlib
import subprocess
import sys


def ask(binary, document):
    return subprocess.run([binary, "--from", "-", "pairs"], input=json.dumps(document).encode(), capture_output=True, check=False)


def main():
    binary, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
    tried = 0
    for fixture in ("generated-workstation", "generated-sriov", "vm-switch"):
        machine = fixtures / fixture / "tree.tar.xz"
        whole = json.loads(subprocess.run([binary, "--from", machine, "tree", "--json"], capture_output=True, check=True).stdout)
        assert ask(binary, whole).returncode == 0, fixture
        below = [index for index, row in enumerate(whole["functions"]) if row["parent"]]
        for index in below[:4] + below[-2:]:
            for value in (None, "", 7, "lost"):
                document = copy.deepcopy(whole)
                if value == "lost":
                    del document["functions"][index]["parent"]
                else:
                    document["functions"][index]["parent"] = value
                done = ask(binary, document)
                assert done.returncode == 4 and b"is not below its parent" in done.stderr, (fixture, index, value, done)
                tried += 1
    assert tried > 20, tried


if __name__ == "__main__":
    main()
