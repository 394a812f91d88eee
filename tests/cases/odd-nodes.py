#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""NUMA nodes and lists of CPUs that no kernel has are not known, from files and from a tree document,
and no export takes time or room by them.

usage: odd-nodes.py P2PTOPO FIXTURES"""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile

NODES = ["1024", "99999999999", "9223372036854775808", "-2", "-9223372036854775809"]
LISTS = ["0-", "0-4294967295", "0-8192", "5-3", "abc", "1,,2", "1,", "-1", "0-3:1/2", "99999999999999999999"]
GOOD = ["", "0", "0-31,64-95", "8191"]


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))


def run(binary, *arguments):
    done = subprocess.run([binary, *arguments], capture_output=True, check=False, preexec_fn=limit)
    assert done.returncode == 0, (arguments, done.returncode, done.stderr[-500:])
    return done.stdout


def main():
    binary, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["tar", "-xf", fixtures / "generated-workstation" / "tree.tar.xz", "-C", folder], check=True)
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)
        function = next(folder.glob("sys/devices/pci*/*/0000:01:00.0"))
        tree = json.loads(run(binary, "--from", folder, "tree", "--json"))
        index = [row["bdf"] for row in tree["functions"]].index("0000:01:00.0")

        def check(key, file, text, value, wanted):
            kept = (function / file).read_text() if (function / file).exists() else None
            (function / file).write_text(text + "\n")
            tree["functions"][index][key] = value
            document = folder / "document.json"
            document.write_text(json.dumps(tree))
            for source in (folder, document) if value is not None else (folder,):
                found = json.loads(run(binary, "--from", source, "tree", "--json"))["functions"][index][key]
                assert found == wanted, (str(source), key, text, found)
                for form in ("hwloc", "nccl", "svg", "prometheus"):
                    assert len(run(binary, "--from", source, "export", form)) < 4 << 20, (form, key, text)
            document.unlink()
            if kept is None:
                (function / file).unlink()
            else:
                (function / file).write_text(kept)

        for number in NODES:
            check("numa_node", "numa_node", number, int(number) if abs(int(number)) < 1 << 63 else None, None)
        check("numa_node", "numa_node", "1023", 1023, 1023)
        check("numa_node", "numa_node", "-1", -1, -1)
        for text in LISTS:
            check("cpus", "local_cpulist", text, text, None)
        for text in GOOD:
            check("cpus", "local_cpulist", text, text, text)


if __name__ == "__main__":
    main()
