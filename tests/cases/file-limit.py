#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A limit on the size of files (ulimit -f) is a failure like a full disk: a sentence, status 5, and nothing left.

usage: file-limit.py P2PTOPO FIXTURES"""

import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile


def limit():
    # Python ignores it, and what it starts would, too.
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))


def main():
    binary, machine = sys.argv[1], pathlib.Path(sys.argv[2]) / "generated-server-epyc" / "tree.tar.xz"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for words in (["report"], ["pairs", "--json"], ["capture", "new.tar.xz"], ["export", "html", "-o", "new"],
                      ["export", "dot"], ["check", "--record", "new.json"]):
            with open(folder / "output", "wb") as output, open(folder / "said", "wb+") as said:
                done = subprocess.run([binary, "--from", machine.resolve(), *words], stdin=subprocess.DEVNULL, stdout=output,
                                      stderr=said, cwd=folder, preexec_fn=limit, check=False)
                said.seek(0)
                told = said.read().decode()
            assert done.returncode == 5 and "File too large" in told, (words, done.returncode, told)
            left = set(os.listdir(folder)) - {"output", "said"}
            assert not left, (words, left)


if __name__ == "__main__":
    main()
