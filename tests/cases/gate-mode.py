#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever tells of the gate's list says whether it is enforced, and a diff counts a mode that a push would change.

Usage: gate-mode.py P2PTOPO-WITH-A-GATE SCHEMAS
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from validator import jsonschema

MEANS = {
    "off": "off: NOTHING IS ENFORCED: every pair passes as the kernel alone decides",
    "observe": "observe: NOTHING IS ENFORCED: what enforce would refuse is counted and traced",
    "enforce": "enforce: a pair that is not on the list is refused",
    "killed": "enforce: NOTHING IS SURE TO BE ENFORCED: the kernel has shut ftrace down; reboot",
}


def main():
    command, schemas = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        policy = pathlib.Path(folder, "policy.json")
        policy.write_text('{ "format": "p2ptopo-policy", "version": 1, "rules": [] }\n')
        for gate, means in MEANS.items():
            check(command, schemas, str(policy), gate, means)


def check(command, schemas, policy, gate, means):
    mode = means.split(":")[0]

    def call(*arguments):
        done = subprocess.run([command, *arguments], capture_output=True, text=True, check=False,
                              env={**os.environ, "P2P_TEST_GATE": gate})
        assert done.returncode in (0, 1), done
        if "--json" not in arguments:
            return done.returncode, done.stdout.splitlines()
        return done.returncode, json.loads(done.stdout)

    def document(name, *arguments):
        status, found = call(*arguments, "--json")
        assert found["mode"] == mode and found["enforced"] == (gate == "enforce"), (name, found)
        jsonschema.validate(found, json.loads((schemas / f"{name}.json").read_text()))
        return status, found

    assert call("gate", "status")[1][0] == means
    said = call("policy", "show")[1]
    assert said == [means, f"0 ordered pairs {'in force' if gate == 'enforce' else 'on the list'} "
                    "(provider <- client)"], said
    document("policy-in-force", "policy", "show")
    for pushed in ("enforce", "observe"):
        status, said = call("policy", "diff", "--mode", pushed, policy)
        change = [f"a push changes the mode: {mode} -> {pushed}"] if pushed != mode else []
        assert (status, said) == (len(change), [means, *change]), (gate, pushed, status, said)
        status, found = document("policy-diff", "policy", "diff", "--mode", pushed, policy)
        assert status == len(change) and found["pushed_mode"] == pushed, (status, found)
    assert call("policy", "diff", policy)[0] == (mode != "enforce")
    pushed = call("policy", "push", "--mode", mode, policy)[1]
    assert ("NOTHING IS ENFORCED" in pushed[-1]) == (mode != "enforce"), pushed
    check_watch(command, schemas, gate, means)


def first_line(command, gate, *arguments):
    with subprocess.Popen([command, "watch", "--interval", "0", *arguments], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env={**os.environ, "P2P_TEST_GATE": gate}) as watch:
        line = watch.stdout.readline()
        watch.kill()
    return line


def check_watch(command, schemas, gate, means):
    """Without a socket for events there is nothing to watch."""
    line = first_line(command, gate)
    if line:
        assert line.endswith(f", gate {means}\n"), line
        found = json.loads(first_line(command, gate, "--jsonl"))
        assert found["gate_enforced"] == (gate == "enforce"), found
        jsonschema.validate(found, json.loads((schemas / "watch.json").read_text()))


main()
