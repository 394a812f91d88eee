#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What check --record writes of a machine is what its schema says, and the machine passes; so
does the same machine with other bus numbers.  The result, too, is what its schema says."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from validator import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "generate")]
import shapes   # noqa: E402
import sysfs    # noqa: E402
import captures    # noqa: E402

# As they are built, beside the command.
SCHEMAS = pathlib.Path(sys.argv[1]).resolve().parent / "schemas"


def call(binary, *arguments):
    return subprocess.run([binary, *arguments], env={**os.environ, "LC_ALL": "C"},
                          capture_output=True, check=False)


def validator(name):
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def without_comments(text):
    return json.loads(re.sub(r"//[^\n]*", "", text))


def check_round_trip(binary, source, file, validators, arguments=()):
    """Recorded, of the right form, twice the same bytes, and passed.  How many checks."""
    recorded = call(binary, "--from", source, "check", "--record", *arguments)
    assert recorded.returncode == 0, f"{source}: {recorded.stderr.decode()}"
    assert not call(binary, "--from", source, "check", "--record", file, *arguments).returncode
    assert recorded.stdout == pathlib.Path(file).read_bytes(), f"{source}: other bytes"
    validators["check"].validate(without_comments(recorded.stdout.decode()))
    done = call(binary, "--from", source, "--json", "check", file)
    result = json.loads(done.stdout)
    validators["check-result"].validate(result)
    failed = [finding for finding in result["findings"] if finding["result"] != "excused"]
    assert done.returncode == 0 and not failed, f"{source}: {failed[:3]}"
    return sum(row["checked"] for row in result["classes"])


def renumber(machine):
    """One more card with a bridge, in front of all others: buses behind it move up."""
    host = machine.hosts[0]
    port = host.port(4, 4)
    port.port(5, 0)
    return machine


def check_renumbered(binary, folder, name):
    """The file of a machine fits it when its buses are counted otherwise."""
    file, before, after = (str(folder / part) for part in ("good.json", "before.tar", "after.tar"))
    sysfs.write_tar(sysfs.Tree(shapes.SHAPES[name](), False).files, before)
    sysfs.write_tar(sysfs.Tree(renumber(shapes.SHAPES[name]()), False).files, after)
    assert not call(binary, "--from", before, "check", "--record", file).returncode
    bdfs = [call(binary, "--from", path, "pairs", "-o", "PROVIDER").stdout
            for path in (before, after)]
    assert bdfs[0] != bdfs[1], f"{name}: nothing was renumbered"
    done = call(binary, "--from", after, "check", file)
    assert done.returncode == 0, f"{name}: {done.stdout.decode()[:1000]}"


def main():
    binary, folder = sys.argv[1], sys.argv[2]
    validators = {name: validator(name) for name in ("check", "check-result")}
    found, checks = captures.found(folder), 0
    assert found, "no fixture"
    with tempfile.TemporaryDirectory() as scratch:
        for path in found:
            source = captures.plain(path, scratch)
            for arguments in ((), ("--all",)):
                checks += check_round_trip(binary, source, scratch + "/good.json", validators,
                                           arguments)
        for name in ("workstation", "server-skylake", "server-icelake-redirect"):
            check_renumbered(binary, pathlib.Path(scratch), name)
    assert checks > 1000 / captures.every(), "next to nothing was checked"
    print(f"{len(found)} captures, {checks} checks")


if __name__ == "__main__":
    main()
