#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A file without an end of a line takes no memory without a bound, and is refused.

usage: long-lines.py P2PTOPO FIXTURES"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile


def main():
    binary, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
    machine = fixtures / "vm-acs-iommu" / "tree.tar.xz"
    document = subprocess.run([binary, "--from", machine, "tree", "--json"], capture_output=True, check=True).stdout
    whole = json.dumps(json.loads(document)).encode() + b"\n"

    def check(arguments, status, words, stdin=subprocess.DEVNULL):
        done = subprocess.Popen([binary, *arguments], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        with done.stdout, done.stderr:
            err = done.stderr.read().decode()
        _, wait, usage = os.wait4(done.pid, 0)
        done.returncode = os.waitstatus_to_exitcode(wait)
        assert done.returncode == status and words in err, (arguments, done.returncode, err[-300:])
        # In KiB; a line of a fleet may have 256 MiB, and a sanitizer keeps the freed ones.
        assert usage.ru_maxrss < 2 << 20, (arguments, usage.ru_maxrss)

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "first").write_bytes(b"{")
        (folder / "second").write_bytes(whole + b"{")
        (folder / "zeros").write_bytes(b"")
        for file in ("first", "second", "zeros"):
            os.truncate(folder / file, 8 << 30)
        check(["fleet", folder / "first"], 4, "first:1: the line is too long")
        check(["fleet", folder / "second"], 4, "second:2: the line is too long")
        check(["fleet", folder / "zeros"], 4, "larger than")
        with open(folder / "zeros", "rb") as zeros:
            check(["fleet", "-"], 4, "standard input:1: the line is too long", zeros)
        check(["--from", machine, "flows", f"@{folder / 'zeros'}"], 4, "zeros:1: the line is too long")
        (folder / "good").write_bytes(whole + b"\n" + whole.strip())
        check(["fleet", folder / "good"], 0, "")


if __name__ == "__main__":
    main()
