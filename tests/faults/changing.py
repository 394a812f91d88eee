#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine changes while it is read, at each call in turn: a function goes, comes, or another one takes its
place.  The answer is that of the machine before or after, never of a mixture, or one sentence.

usage: changing.py P2PTOPO FAIL-CALLS FIXTURES [all]

A namespace of our own has a copy of a machine as /sys."""

import os
import pathlib
import subprocess
import sys
import tempfile

from runner import SKIPPED, Live

EVERY = 23
COMMAND = "pairs --jsonl"
GONE, OTHER = "0000:03:00.0", "0000:04:00.0"
SAID = "p2ptopo: functions came or went each of the 5 times that this machine was read; run it again when that is over\n"


def changes(tree):
    """What changes, by name: the command that does it where the tree is /sys, and the one that undoes it."""
    def place(bdf):
        return "/" + os.path.relpath(os.path.realpath(tree / "sys/bus/pci/devices" / bdf), tree)
    link, here, parked = f"/sys/bus/pci/devices/{GONE}", place(GONE), "/sys/parked"
    return {
        "goes": (f"mv -T {link} {parked}.link && mv -T {here} {parked}", f"mv -T {parked} {here} && mv -T {parked}.link {link}"),
        # The link is made anew, as the kernel does it: another inode.
        "is another": (f"cp -P {link} {parked}.new && mv -T {link} {parked}.link && mv -T {parked}.new {link} && "
                       f"mv -T {here} {parked} && cp -a {place(OTHER)} {here}",
                       f"rm -r {here} && mv -T {parked} {here} && mv -T {parked}.link {link}"),
    }


class Machine:
    def __init__(self, runner, change, undo):
        self.runner, self.commands, self.changed = runner, (change, undo), False

    def turn(self, changed):
        if changed != self.changed:
            command = self.commands[self.changed].replace("/sys/", f"{self.runner.tree}/sys/")
            subprocess.run(command, shell=True, check=True)
        self.changed = changed


def attempt(runner, change, undo, every):
    machine = Machine(runner, change, undo)
    answers, right = [], [(3, b"", SAID, {})]
    for changed in (False, True):
        machine.turn(changed)
        answers.append((runner.whole(COMMAND), runner.calls(COMMAND)))
        right.append(answers[-1][0])
    if right[-1] == right[-2]:
        yield "the change does not show"
    for changed in (False, True):
        for call in answers[changed][1][::every]:
            machine.turn(changed)
            done = runner.run(COMMAND, call.name, call.number, 0, "run", machine.commands[changed])
            machine.changed = not changed
            yield None if done in right else (f"{'back' if changed else 'there'}, at {call.name} {call.number}, "
                                              f"{call.path}: exit status {done[0]}, another answer, says {done[2]!r}")
    machine.turn(False)


def count(name, attempts):
    runs = faults = 0
    for wrong in attempts:
        runs += 1
        faults += wrong is not None
        if wrong:
            print(f"{name}: {wrong}", flush=True)
    print(f"{name}: {runs} runs, {faults} faults")
    return faults or not runs


def main():
    p2ptopo, injector, fixtures = (os.path.abspath(word) for word in sys.argv[1:4])
    every = 1 if sys.argv[4:] == ["all"] else EVERY
    with tempfile.TemporaryDirectory() as above:
        folder = pathlib.Path(above) / "here"
        folder.mkdir()
        runner = Live(p2ptopo, injector, fixtures, str(folder))
        if not runner.may_run():
            print("no namespace, or no tracing in it, may be had here")
            return SKIPPED
        bad = [count(name, attempt(runner, change, undo, every))
               for name, (change, undo) in changes(runner.tree).items()]
    return 1 if any(bad) else 0


if __name__ == "__main__":
    sys.exit(main())
