# SPDX-License-Identifier: GPL-2.0-or-later
"""A command below fail-calls: which calls it makes, and what it ends in when one of them fails."""

import errno
import os
import pathlib
import re
import shlex
import string
import subprocess

import commands

# What the caller may have got without the fault, and what a fault may end in.
GOOD, BAD = (0, 1), (3, 4, 5)
TIMEOUT = 60
SKIPPED = 77
# A namespace of our own has a copy of a machine as /sys.
UNSHARE = ["unshare", "-rm", "sh", "-c", 'mount --rbind "$0/sys" /sys && exec "$@"']
NUMBERS = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}(:[0-9a-f]{2}\.[0-7])?|\d+")


class Call:
    """@number: which of its name; @place: the file, as far as it matters."""
    def __init__(self, line):
        self.name, number, self.path = line.split(" ", 2)
        self.number = int(number)
        self.place = (self.name, NUMBERS.sub("N", self.path))


class Runner:
    def __init__(self, p2ptopo, injector, fixtures, folder):
        self.p2ptopo, self.injector, self.folder = p2ptopo, injector, pathlib.Path(folder)
        self.names = {"F": fixtures, "T": folder}
        self.list = self.folder.parent / "calls"
        self.tree = self.folder.parent / "tree"
        self.tree.mkdir()
        self.given = {}
        subprocess.run(["tar", "-xf", pathlib.Path(fixtures) / commands.MACHINE, "-C", self.tree], check=True)
        commands.prepare(p2ptopo, fixtures, folder)

    def words(self, command):
        words = shlex.split(string.Template(command).substitute(self.names))
        return [self.p2ptopo, *([] if commands.names_machine(words) else ["--from", str(self.tree)]), *words]

    def start(self, words):
        """Where a command runs, and what it sees; for those who need another place."""
        return words

    def run(self, command, *plan, keeps=False):
        """Return: status, what was printed, what was said, and the files that changed or are new.  A hidden one
        stays for the next run if it @keeps them."""
        for name, content in self.given.items():
            (self.folder / name).write_bytes(content)
        before = {path.name: path.stat().st_mtime_ns for path in self.folder.iterdir()
                  if not path.name.startswith(".p2ptopo-")}
        env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "COLUMNS": "100", "HOME": "/nonexistent"}
        words = [self.injector, *map(str, plan), *self.words(command)] if plan else self.words(command)
        try:
            done = subprocess.run(self.start(words), env=env, stdin=subprocess.DEVNULL, capture_output=True,
                                  cwd=self.folder, timeout=TIMEOUT, check=False)
            status, printed, said = done.returncode, done.stdout, done.stderr.decode(errors="replace")
        except subprocess.TimeoutExpired:
            status, printed, said = None, b"", ""
        files = {}
        for path in sorted(self.folder.iterdir()):
            if path.is_file() and before.get(path.name) != path.stat().st_mtime_ns:
                files[path.name] = path.read_bytes()
            if path.name not in before and not (keeps and path.name.startswith(".p2ptopo-")):
                path.unlink()
        return status, printed, said, files

    def whole(self, command):
        """As run(), without a fault."""
        done = self.run(command)
        commands.check_works(command, done[0], done[2])
        return done

    def fail(self, command, call, error, step=0):
        return self.run(command, call.name, call.number, step, "error", getattr(errno, error))

    def calls(self, command):
        """Those that can fail, without the loader's, which are not ours."""
        self.run(command, "list", self.list)
        calls = [Call(line) for line in self.list.read_text(errors="replace").splitlines()]
        started = [at for at, call in enumerate(calls) if "locale" in call.path or str(self.tree) in call.path]
        return calls[started[0]:] if started else []

    def may_run(self):
        """Can calls be made to fail where a command runs?"""
        probe = self.start([self.injector, "close", "1", "0", "kill", "", "/bin/echo"])
        return subprocess.run(probe, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False).returncode == 137


class Live(Runner):
    """The tree is the running machine's /sys; each run has a copy of it."""
    def words(self, command):
        words = super().words(command)
        return words[:1] + words[3:]

    def start(self, words):
        return [*UNSHARE, str(self.tree), *words]

    def calls(self, command):
        self.run(command, "list", self.list)
        calls = [Call(line) for line in self.list.read_text(errors="replace").splitlines()]
        return [call for call in calls if call.path.startswith(("/sys/", str(self.folder))) and
                (call.name != "close" or not call.path.startswith("/sys/"))]
