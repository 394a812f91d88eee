#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every place that allocates fails once, alone and with all that comes after it: the command ends as it
does without that, or with the exit status and the one sentence of "out of memory".  It does not crash,
and says nothing that is not so.

usage: memory.py P2PTOPO FAIL-MEMORY.SO FIXTURES [all | live | COMMAND]

A place is what called, up to eight deep; what several commands have in common fails in the first of them.
Without "all", every sixth place of the first commands is tried; "live" tries all of those that read the running
machine, in a namespace that has a copy of one as /sys."""

import os
import pathlib
import shlex
import string
import subprocess
import sys
import tempfile

import commands
from runner import SKIPPED, UNSHARE

MEMORY = 5
SENTENCE = "p2ptopo: out of memory\n"
# They end the process by themselves, or are killed, where their own memory runs out; what cannot be loaded for that is said to be
# missing.
SPARED = "libarchive libpci liblzma ld-linux-x86-64 ld-linux-aarch64"
FEW, EVERY = 5, 6
LIVE = ["refresh --run-dir $T", "pairs --jsonl", "fix nvme0 nvme1"]
# A file that keeps other runs away stays.
LOCK = ".lock"


class Runner:
    def __init__(self, p2ptopo, injector, fixtures, folder):
        self.p2ptopo, self.injector, self.folder = p2ptopo, injector, pathlib.Path(folder)
        self.names = {"F": fixtures, "T": folder}
        self.machine = str(pathlib.Path(fixtures) / commands.MACHINE)

    def words(self, command):
        words = shlex.split(string.Template(command).substitute(self.names))
        if commands.names_machine(words):
            return [self.p2ptopo, *words]
        return [self.p2ptopo, "--from", self.machine, *words]

    def start(self, words):
        """Where a command runs, for those who need another place."""
        return words

    def run(self, command, **faults):
        """Return: status, what was printed, what was said, and the files that were written."""
        before = set(os.listdir(self.folder))
        env = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "100", "HOME": "/nonexistent"}
        faults |= {"LD_PRELOAD": self.injector, "FAULT_SPARE": SPARED}
        words = ["env", *(f"{name}={value}" for name, value in faults.items()), *self.words(command)]
        done = subprocess.run(self.start(words), env=env, stdin=subprocess.DEVNULL, capture_output=True,
                              cwd=self.folder, timeout=60, check=False)
        files = {}
        for name in sorted(set(os.listdir(self.folder)) - before):
            files[name] = (self.folder / name).read_bytes()
            (self.folder / name).unlink()
        return done.returncode, done.stdout, done.stderr.decode(errors="replace"), files

    def places(self, command):
        """The numbers of the allocations that are the first of their place, by its name."""
        with tempfile.NamedTemporaryFile() as file:
            self.run(command, FAULT_LIST=file.name)
            return {name: int(number) for number, name in
                    (line.split() for line in file.read().decode().splitlines())}


class Live(Runner):
    """The machine is the running one's."""
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.tree = self.folder.parent / "tree"
        self.tree.mkdir()
        subprocess.run(["tar", "-xf", self.machine, "-C", self.tree], check=True)

    def words(self, command):
        return [self.p2ptopo, *super().words(command)[3:]]

    def start(self, words):
        return [*UNSHARE, str(self.tree), *words]

    def may_run(self):
        return not subprocess.run(self.start(["true"]), stderr=subprocess.DEVNULL, check=False).returncode


def fault(whole, done):
    """What is wrong with how a command ended; None nothing."""
    status, _, said, files = done
    if done == whole:
        return None
    if status < 0:
        return f"killed by signal {-status}"
    if status != MEMORY:
        return f"exit status {status}, with another output" if done[:2] != whole[:2] else "another sentence"
    if not said.endswith(SENTENCE):
        return f"says {said!r}"
    left = [name for name, content in files.items() if not name.endswith(LOCK) and content != whole[3].get(name)]
    if left:
        return "leaves " + ", ".join(left)
    return None


def main():
    p2ptopo, injector, fixtures = (os.path.abspath(word) for word in sys.argv[1:4])
    asked = sys.argv[4] if len(sys.argv) > 4 else None
    tried, faults, runs = set(), 0, 0
    with tempfile.TemporaryDirectory() as above:
        folder = os.path.join(above, "here")
        os.mkdir(folder)
        commands.prepare(p2ptopo, fixtures, folder)
        runner = (Live if asked == "live" else Runner)(p2ptopo, injector, fixtures, folder)
        if asked == "live" and not runner.may_run():
            print("no namespace may be had here")
            return SKIPPED
        chosen = {None: commands.COMMANDS[:FEW], "all": commands.COMMANDS, "live": LIVE}.get(asked, [asked])
        for command in chosen:
            whole = runner.run(command)
            commands.check_works(command, whole[0], whole[2])
            found = {name: number for name, number in runner.places(command).items() if name not in tried}
            tried |= set(found)
            for at in sorted(found.values())[::1 if asked else EVERY]:
                for alone in (True, False):
                    done = runner.run(command, FAULT_AT=at, **({} if alone else {"FAULT_REST": 1}))
                    wrong = fault(whole, done)
                    runs += 1
                    if wrong:
                        faults += 1
                        print(f"{command}: allocation {at}{'' if alone else ' and all behind it'}: {wrong}",
                              flush=True)
    print(f"{runs} runs, {len(tried)} places, {faults} faults")
    return 1 if faults or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
