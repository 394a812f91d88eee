#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No private field of libpci is used: what includes <pci/pci.h> compiles without them."""
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HEADER = "pci/pci.h"
PRIVATE = re.compile(r"/\* Fields used internally:? \*/.*?^};", re.S | re.M)


def real_header(compiler):
    """Where the compiler finds the header."""
    text = subprocess.run([compiler, "-E", "-x", "c", "-"], input=f"#include <{HEADER}>\n",
                          capture_output=True, text=True, check=True).stdout
    return pathlib.Path(re.search(rf'"([^"]*/{HEADER})"', text).group(1))


def make_public(header, folder):
    """A copy of libpci's headers in @folder that lacks the private fields."""
    text, count = PRIVATE.subn("};", header.read_text())
    if count < 2:
        raise SystemExit(f"{header}: no private fields found; has its comment changed?")
    (folder / "pci").mkdir()
    for other in header.parent.glob("*.h"):
        (folder / "pci" / other.name).write_text(
            text if other.name == header.name else other.read_text())


def main():
    commands = json.loads((pathlib.Path(sys.argv[1]) / "compile_commands.json").read_text())
    uses = {entry["file"]: entry for entry in commands
            if f"<{HEADER}>" in pathlib.Path(entry["file"]).read_text()}
    if not uses:
        print(f"built without libpci: no source includes <{HEADER}>")
        return 77
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        compiler = shlex.split(next(iter(uses.values()))["command"])[0]
        make_public(real_header(compiler), folder)
        for entry in uses.values():
            words = shlex.split(entry["command"])
            words[1:1] = ["-fsyntax-only", f"-I{folder}"]
            bad += subprocess.run(words, cwd=entry["directory"], check=False).returncode != 0
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
