#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every place that allocates fails once, alone and with all that comes after it, in a program that is linked with
the shared library: each line that it prints is one that it prints without that, or a function failed with the
sentence of "out of memory".  It does not crash, and nothing is missing without such a sentence.

usage: library.py EVERYTHING FAIL-MEMORY.SO FIXTURES"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import commands
import memory

SENTENCE = "out of memory"


class Runner(memory.Runner):
    """As of the command, but its words are those of the program."""

    def words(self, command):
        return [self.p2ptopo, self.machine, f"{self.folder}/policy.json", "C.UTF-8"]


def fault(whole, done):
    """What is wrong with how the program ended; None nothing."""
    status, printed, said, _ = done
    lines, wanted = printed.decode(errors="replace").splitlines(), whole[1].decode().splitlines()
    failed = any(line == SENTENCE for line in lines)
    if status < 0:
        return f"killed by signal {-status}"
    if said != whole[2]:
        return f"says {said!r}"
    strange = [line for line in lines if line not in wanted and line != SENTENCE]
    if strange:
        return f"prints {strange[0][:200]!r}"
    # 2: what the program itself needs, a locale and a context.
    if lines != wanted and not failed and (status != 2 or lines):
        return f"exit status {status}, without a sentence"
    return None


def main():
    program, injector, fixtures = (os.path.abspath(word) for word in sys.argv[1:4])
    runs = faults = 0
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "policy.json").write_text(json.dumps(commands.POLICY))
        runner = Runner(program, injector, fixtures, folder)
        whole = runner.run("")
        if whole[0]:
            raise SystemExit(f"exit status {whole[0]} without a fault: {whole[2]}")
        places = runner.places("")
        for at in sorted(places.values()):
            for rest in ({}, {"FAULT_REST": 1}):
                wrong = fault(whole, runner.run("", FAULT_AT=at, **rest))
                runs += 1
                if wrong:
                    faults += 1
                    print(f"allocation {at}{' and all behind it' if rest else ''}: {wrong}", flush=True)
    print(f"{runs} runs, {len(places)} places, {faults} faults")
    return 1 if faults or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
