#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""System calls of a command fail, one at a time: it is right, or it says what failed, in one sentence and
with an exit status that means so.  What it prints with 0 or 1 is whole; a file is the old one or the new
one; nothing else is left.  At each call that writes or names a file it is killed, too.

usage: io.py P2PTOPO FIXTURES [short | COMMAND]

strace(1) does it.  Of calls that do the same to files of one name, the first fails.  Short, it is one command that
replaces a file, killed, and the last of its calls that write."""

import json
import os
import pathlib
import re
import shlex
import shutil
import string
import subprocess
import sys
import tempfile

import commands

SKIPPED = 77
# What the caller may have got without the fault, and what a fault may end in.
GOOD, BAD = (0, 1), (3, 4, 5)
# A call that failed so says nothing of the machine: what comes out is as without it, or an error.
TRANSIENT = ("EINTR", "EMFILE", "ENOMEM", "ENFILE")
ERRORS = {
    "openat": ["EMFILE", "EIO", "ENOENT", "EINTR"], "openat2": ["EMFILE", "EIO", "ENOENT", "EAGAIN"],
    "read": ["EIO", "EINTR"], "pread64": ["EIO", "EINTR"], "getdents64": ["EIO", "ENOENT"],
    "newfstatat": ["EIO", "ENOENT"], "readlinkat": ["EIO", "ENOENT"], "write": ["EIO", "ENOSPC", "EINTR", "EPIPE"],
    "close": ["EIO"], "fsync": ["EIO"], "linkat": ["EIO", "ENOSPC"], "renameat": ["EIO"], "renameat2": ["EIO"],
    "pipe2": ["EMFILE"], "getrandom": ["EAGAIN"], "mkdir": ["EIO"], "fchmod": ["EPERM"], "fchown": ["EPERM"],
}
WRITES = ("write", "fsync", "linkat", "renameat", "renameat2", "unlinkat", "close")
SHORT = "capture --force $T/old.tar"
PLACES = ("write", "fsync", "linkat", "renameat", "renameat2")
COMMANDS = ["report", "tree --json", "pairs --jsonl", "capture $T/new.tar.xz", SHORT,
            "--from $F/generated-workstation/tree.tar.xz measured $F/measured/nccl.log --evidence $T/evidence.json"]
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)")


class Runner:
    def __init__(self, p2ptopo, fixtures, folder):
        self.p2ptopo, self.folder = p2ptopo, pathlib.Path(folder)
        self.names = {"F": fixtures, "T": folder}
        self.tree = self.folder / "tree"
        self.tree.mkdir()
        subprocess.run(["tar", "-xf", pathlib.Path(fixtures) / commands.MACHINE, "-C", self.tree], check=True)
        commands.prepare(p2ptopo, fixtures, folder)
        self.given = {"old.tar": b"what was there before"}

    def words(self, command):
        words = shlex.split(string.Template(command).substitute(self.names))
        return [self.p2ptopo, *([] if "--from" in words else ["--from", str(self.tree)]), *words]

    def run(self, command, options, keeps=False):
        """Return: status, what was printed, what was said, and the files that changed or are new.  A hidden one
        stays for the next run if it @keeps them."""
        for name, content in self.given.items():
            (self.folder / name).write_bytes(content)
        before = {path.name: path.stat().st_mtime_ns for path in self.folder.iterdir()
                  if not path.name.startswith(".p2ptopo-")}
        env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "COLUMNS": "100", "HOME": "/nonexistent"}
        done = subprocess.run(["strace", "-qqq", "-y", "-o", self.folder / ".." / "strace.log", *options,
                               "--", *self.words(command)], env=env, stdin=subprocess.DEVNULL, capture_output=True,
                              cwd=self.folder, timeout=60, check=False)
        files = {}
        for path in sorted(self.folder.iterdir()):
            if path.is_file() and before.get(path.name) != path.stat().st_mtime_ns:
                files[path.name] = path.read_bytes()
            if path.name not in before and not (keeps and path.name.startswith(".p2ptopo-")):
                path.unlink()
        return done.returncode, done.stdout, done.stderr.decode(errors="replace"), files

    def calls(self, command):
        """The calls to let fail: name, and which of that name it is."""
        self.run(command, ["-e", "trace=" + ",".join(ERRORS)])
        counts, seen, chosen = {}, set(), []
        started = False
        for line in (self.folder / ".." / "strace.log").read_text(errors="replace").splitlines():
            match = CALL.match(line)
            if not match:
                continue
            name, rest = match.groups()
            counts[name] = counts.get(name, 0) + 1
            # The loader's are not ours.
            started = started or "locale" in rest or str(self.tree) in rest
            what = re.sub(r"[0-9a-f]{4}:[0-9a-f]{2}(:[0-9a-f]{2}\.[0-7])?|0x[0-9a-f]+|\d+", "N", rest.split(" = ")[0])
            what = re.sub(r'"(.{0,16}).*"\.\.\.', r"\1", what)
            if started and (name, what) not in seen:
                seen.add((name, what))
                chosen.append((name, counts[name]))
        return chosen


def is_json(text, command):
    try:
        if "--jsonl" in command:
            return all(json.loads(line) for line in text.splitlines())
        return "--json" not in command or json.loads(text) is not None
    except ValueError:
        return False


def fault(whole, done, command, error, given):
    """What is wrong with how a command ended; None nothing."""
    status, printed, said, files = done
    for name, content in files.items():
        if name not in whole[3]:
            return f"leaves {name}"
        if content not in (whole[3][name], given.get(name)) and status not in GOOD:
            return f"leaves another {name} of {len(content)} bytes"
    if status < 0 or (status == 0 and set(files) != set(whole[3])):
        return f"exit status {status}, and files {sorted(files)}"
    if status in GOOD:
        if error in TRANSIENT and (printed != whole[1] or said != whole[2]):
            return f"exit status {status}, with another output"
        return None if is_json(printed, command) else f"exit status {status}, with no JSON"
    if status not in BAD:
        return f"exit status {status}"
    if said.count("p2ptopo: ") != 1 or not said.startswith("p2ptopo: "):
        return f"exit status {status}, says {said!r}"
    return None


def kill(runner, command, whole, chosen):
    """SIGKILL where a call would have begun: old or new, and nothing beside that the next run does not remove."""
    for name, number in chosen:
        if name not in WRITES:
            continue
        done = runner.run(command, ["-e", f"inject={name}:signal=SIGKILL:when={number}"], keeps=True)
        for file, content in done[3].items():
            hidden = file.startswith(".p2ptopo-")
            if not hidden and content not in (whole[3].get(file), runner.given.get(file)):
                yield f"{command}: killed at {name} {number}: leaves {file} of {len(content)} bytes"
        again = runner.run(command, ["-e", "trace=none"])
        if again != whole:
            yield f"{command}: killed at {name} {number}: the next run leaves {sorted(again[3])}, says {again[2]!r}"


def attempt(runner, command, short):
    whole = runner.run(command, ["-e", "trace=none"])
    chosen = runner.calls(command)
    if short:
        chosen = [call for name in PLACES for call in [call for call in chosen if call[0] == name][-2:]]
    for name, number in chosen:
        for error in ERRORS[name]:
            done = runner.run(command, ["-e", f"inject={name}:error={error}:when={number}"])
            wrong = fault(whole, done, command, error, runner.given)
            yield wrong and f"{command}: {error} of {name} {number}: {wrong}"
    yield from kill(runner, command, whole, chosen)


def main():
    p2ptopo, fixtures = (os.path.abspath(word) for word in sys.argv[1:3])
    asked = sys.argv[3] if len(sys.argv) > 3 else None
    works = shutil.which("strace") and not subprocess.run(["strace", "-qqq", "-o", "/dev/null", "true"],
                                                          stderr=subprocess.DEVNULL, check=False).returncode
    if not works:
        print("strace is not installed, or may not trace here")
        return SKIPPED
    with tempfile.TemporaryDirectory() as above:
        folder = pathlib.Path(above) / "here"
        folder.mkdir()
        runner = Runner(p2ptopo, fixtures, str(folder))
        short = asked == "short"
        chosen = [SHORT] if short else [asked] if asked else COMMANDS
        runs = faults = 0
        for command in chosen:
            for wrong in attempt(runner, command, short):
                runs += 1
                faults += wrong is not None
                if wrong:
                    print(wrong, flush=True)
    print(f"{runs} runs, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
