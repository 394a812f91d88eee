#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is around a command changes nothing that it says: locale, time zone, terminal, and a size of the screen
that makes no sense.  A document has the same bytes everywhere, a text those of its character set and width.

usage: environment.py P2PTOPO FIXTURES [all]"""

import glob
import os
import pathlib
import shlex
import string
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "faults"))
import commands  # noqa: E402

LOCALES = {"tr_TR.UTF-8": ("tr_TR", "UTF-8"), "de_DE.UTF-8": ("de_DE", "UTF-8"), "de_DE": ("de_DE", "ISO-8859-1")}
FEW = ["report", "tree --json", "pairs --csv", "topo", "matrix", "path nvme0 nvme1", "fix nvme0 nvme1",
       "diff $F/vm-acs-cleared/tree.tar.xz", "export prometheus", "export html", "export hwloc", "--from $T/hwloc.xml tree",
       "pairs --kernel 6.1 --csv --from $T/nccl.xml",
       "--from $F/generated-server-epyc-redirect/tree.tar.xz measured $F/measured/nvbandwidth.json",
       "flows 'nvme0>nvme1' 'nvme1<eth0'"]
PLAIN = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm"}
# In groups, all of which say the same.
SAME = [
    [PLAIN, {"LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "de_DE.UTF-8"}, {"TZ": "Asia/Kathmandu"}, {"TZ": "no/where"},
     {"TZ": ":\x1b"}, {"TERM": ""}, {"TERM": "dumb"}, {"TERM": "unheard-of"}, {"TERMINFO": "/nonexistent"},
     {"COLUMNS": "abc"}, {"COLUMNS": ""}, {"COLUMNS": "-5"}, {"COLUMNS": "0"}, {"COLUMNS": "99999999"},
     {"LINES": "-1"}, {"LINES": "0"}, {"LINES": "abc"}, {"HWLOC_XMLFILE": "/nonexistent"},
     {"HWLOC_COMPONENTS": "stop"}, {"HWLOC_THISSYSTEM": "1"}, {"HWLOC_SYNTHETIC": "pack:4 core:2 pu:2"},
     {"HWLOC_FSROOT": "/nonexistent", "HWLOC_HIDE_ERRORS": "0", "HWLOC_COMPONENTS": "-linux,stop"},
     {"EXPAT_ENTROPY_DEBUG": "1", "EXPAT_ACCOUNTING_DEBUG": "3", "EXPAT_ENTITY_DEBUG": "1", "EXPAT_MALLOC_DEBUG": "2"},
     {"LIBBLKID_DEBUG": "all", "BLKID_DEBUG": "0xffff", "LIBSMARTCOLS_DEBUG": "all"}, {"POSIXLY_CORRECT": "1"}, {"XDG_CONFIG_HOME": "/nonexistent"}, {"HOME": ""}],
    [{"LC_ALL": "C"}, {"LC_ALL": "de_DE"}, {"LC_ALL": "no_WHERE.UTF-8"}],
    [{"COLUMNS": "1"}, {"COLUMNS": "1", "LC_ALL": "de_DE.UTF-8"}],
    [{"COLUMNS": "20"}, {"COLUMNS": "20", "LC_ALL": "tr_TR.UTF-8"}],
]


def is_document(command):
    return "--json" in command or "export" in command or "--csv" in command


class Runner:
    def __init__(self, p2ptopo, fixtures, folder):
        self.p2ptopo, self.folder = p2ptopo, folder
        self.names = {"F": fixtures, "T": folder}
        self.machine = str(pathlib.Path(fixtures) / commands.MACHINE)
        commands.prepare(p2ptopo, fixtures, folder)
        with tarfile.open(self.machine) as tree:
            (pathlib.Path(folder) / "hwloc.xml").write_bytes(tree.extractfile("hwloc.xml").read())
        with open(pathlib.Path(folder) / "nccl.xml", "wb") as file:
            subprocess.run([p2ptopo, "--from", self.machine, "export", "nccl"], stdout=file, check=True)

    def run(self, command, changes, machine=None):
        # What a command makes is made anew.
        for file in pathlib.Path(self.folder).glob("new*"):
            file.unlink()
        words = shlex.split(string.Template(command).substitute(self.names))
        if machine is None:
            machine = [] if commands.names_machine(words) else ["--from", self.machine]
        env = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LOCPATH": self.folder, **PLAIN, **changes}
        done = subprocess.run([self.p2ptopo, *machine, *words], env=env, cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False)
        return done.returncode, done.stdout, done.stderr


def make_locales(folder):
    """Return: those that could be made."""
    made = set()
    for name, (source, charset) in LOCALES.items():
        try:
            done = subprocess.run(["localedef", "-i", source, "-f", charset, str(folder / name)], check=False,
                                  stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        except FileNotFoundError:
            break
        if not done.returncode:
            made.add(name)
    return made


def attempt(runner, command):
    documents = set()
    for group in SAME:
        answers = [(changes, runner.run(command, changes)) for changes in group]
        commands.check_works(command, answers[0][1][0], answers[0][1][2])
        for changes, answer in answers:
            yield None if answer == answers[0][1] else f"{command}, {changes}: exit status {answer[0]}, another answer"
        documents |= {answer[1] for _, answer in answers}
    if is_document(command) and len(documents) > 1:
        yield f"{command}: {len(documents)} documents"


PLUGIN = """#include <fcntl.h>
__attribute__((constructor)) static void loaded(void) { open("%s", O_WRONLY | O_CREAT, 0644); }
"""


def attempt_here(runner, folder):
    """Of this machine itself, with nothing that --from could hide: another machine, and a plugin of hwloc."""
    plugins, loaded, capture = folder / "plugins", folder / "loaded", folder / "here.tar"
    plugins.mkdir()
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", plugins / "hwloc_stranger.so"], text=True, check=True,
                       input=PLUGIN % loaded)
    except FileNotFoundError:
        print("without a plugin: there is no compiler")
    captures = set()
    for command in ["capture --force $T/here.tar", "tree --json", "export hwloc"]:
        answers = set()
        for changes in ({}, {"HWLOC_PLUGINS_PATH": str(plugins)}, {"HWLOC_SYNTHETIC": "pack:4 core:2 pu:2"},
                        {"HWLOC_XMLFILE": f"{folder}/hwloc.xml", "HWLOC_COMPONENTS": "xml,stop"}):
            answers.add(runner.run(command, changes, []))
            if command.startswith("capture"):
                with tarfile.open(capture) as tree:
                    captures.add(tree.extractfile("hwloc.xml").read())
            yield f"{command}, {changes}: a plugin was loaded" if loaded.exists() else None
            loaded.unlink(missing_ok=True)
        if len(answers) > 1 or len(captures) > 1:
            yield f"{command}: {len(answers)} answers, {len(captures)} captures"


def main():
    p2ptopo, fixtures = (os.path.abspath(word) for word in sys.argv[1:3])
    runs = faults = 0
    with tempfile.TemporaryDirectory() as folder:
        made = make_locales(pathlib.Path(folder))
        lacking = set(LOCALES) - made
        runner = Runner(p2ptopo, fixtures, folder)
        for group in SAME:
            group[:] = [changes for changes in group if changes.get("LC_ALL") not in lacking]
        tries = [attempt(runner, command) for command in (commands.COMMANDS if sys.argv[3:] == ["all"] else FEW)]
        if glob.glob("/sys/bus/pci/devices/*"):
            tries.append(attempt_here(runner, pathlib.Path(folder)))
        for attempts in tries:
            for wrong in attempts:
                runs += 1
                faults += wrong is not None
                if wrong:
                    print(wrong, flush=True)
    print(f"{runs} runs, {faults} faults" + (f"; without {', '.join(sorted(lacking))}" if lacking else ""))
    return 1 if faults or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
