#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Standard input, output and error that are closed, full, or read by nobody: what could not be said is an
error of the system, and no file of the command gets what was meant for a person.

usage: streams.py P2PTOPO FIXTURES"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import commands

SYSTEM = 5
COMMANDS = [["report"], ["pairs", "--json"], ["capture", "new.tar"], ["export", "html"], ["--version"],
            ["--complete", "p2ptopo", ""]]


def closed(descriptors):
    def close():
        for descriptor in descriptors:
            os.close(descriptor)
    return close


def ignore_pipe():
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)


def unread():
    reader, writer = os.pipe()
    os.close(reader)
    return writer


WAYS = [("standard output closed", None, closed([1]), "Bad file descriptor"),
        ("all three closed", None, closed([0, 1, 2]), None),
        ("a full disk", lambda: os.open("/dev/full", os.O_WRONLY), None, "No space left on device"),
        ("a pipe that nobody reads", unread, ignore_pipe, "Broken pipe")]


def run(words, folder, out=None, before=None):
    output = out() if out else subprocess.DEVNULL
    done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE,
                          preexec_fn=before, restore_signals=False, check=False)
    if out:
        os.close(output)
    return done.returncode, done.stderr.decode()


def attempt(p2ptopo, machine, folder):
    for command in COMMANDS:
        words = [p2ptopo, *([] if command[0].startswith("--") else ["--from", machine]), *command]
        file = pathlib.Path(folder) / "new.tar"
        status, said = run(words, folder, before=closed([0]))
        whole = file.read_bytes() if file.exists() else None
        if (status, said) != (0, ""):
            yield f"{command}, standard input closed: exit status {status}, {said!r}"
        for name, out, before, why in WAYS:
            file.unlink(missing_ok=True)
            status, said = run(words, folder, out, before)
            expected = f"p2ptopo: the output could not be written: {why}\n" if why else ""
            if (status, said) != (SYSTEM, expected):
                yield f"{command}, {name}: exit status {status}, {said!r}"
            if (file.read_bytes() if file.exists() else None) != whole:
                yield f"{command}, {name}: another file"
        file.unlink(missing_ok=True)
    status, said = run([p2ptopo, "--from", machine, "address", "-"], folder, before=closed([0]))
    if (status, said) != (SYSTEM, "p2ptopo: standard input: Bad file descriptor\n"):
        yield f"address -, standard input closed: exit status {status}, {said!r}"


def main():
    p2ptopo, fixtures = (os.path.abspath(word) for word in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        faults = list(attempt(p2ptopo, str(pathlib.Path(fixtures) / commands.MACHINE), folder))
    print("\n".join(faults) or "every stream that failed was told")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
