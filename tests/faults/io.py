#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""System calls of a command fail, one at a time: it is right, or it says what failed, in one sentence and
with an exit status that means so.  What it prints with 0 or 1 is whole; a file is the old one or the new
one; nothing else is left.  At each call that writes or names a file it is killed, too.  No pair gets
another verdict than without the fault, unless it is "unknown".

usage: io.py P2PTOPO FAIL-CALLS FIXTURES write | read | live | all | COMMAND

Of calls that do the same to files of one name, the first fails, and in the first command that makes it.
write: one command that replaces a file, killed, and the last of its calls that write.  read: each call that
reads the machine, by one command, and a part of what others read."""

import errno
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import commands
from runner import BAD, GOOD, SKIPPED, Live, Runner

# A call that failed so says nothing of the machine: what comes out is as without it, or an error.
TRANSIENT = ("EINTR", "EMFILE", "ENOMEM", "ENFILE", "EAGAIN")
ERRORS = {
    "openat": ["EIO", "EMFILE", "ENOENT", "EINTR"], "openat2": ["EIO", "EMFILE", "ENOENT", "EINTR", "EAGAIN"],
    "read": ["EIO", "EINTR"], "pread64": ["EIO", "EINTR"], "getdents64": ["EIO", "ENOENT"],
    "newfstatat": ["EIO", "ENOENT"], "readlinkat": ["EIO", "ENOENT"], "write": ["EIO", "ENOSPC", "EINTR", "EPIPE"],
    "close": ["EIO"], "fsync": ["EIO"], "linkat": ["EIO", "ENOSPC"], "renameat": ["EIO"], "renameat2": ["EIO"],
    "unlinkat": ["EIO"], "pipe2": ["EMFILE"], "getrandom": ["EAGAIN"], "mkdir": ["EIO"], "mkdirat": ["EIO"],
    "fchmod": ["EPERM"], "fchown": ["EPERM"], "statx": ["EIO"], "readlink": ["EIO"], "lseek": ["EIO"],
    "ftruncate": ["EIO"], "flock": ["EINTR"],
}
WRITES = ("write", "fsync", "linkat", "renameat", "renameat2", "unlinkat", "close")
PLACES = ("write", "fsync", "linkat", "renameat", "renameat2")
REPLACE = "capture --force $T/old.tar"
# The pairs, which are held against those without the fault.
PAIRS = "pairs --jsonl"
# The snapshot that a refresh leaves, and its locks.
REFRESH = "refresh --run-dir $T"
READ_PART = 12
# What else is read than a tree: an archive, a document, a text.
FILES = ["diff $F/vm-acs-cleared/tree.tar.xz", "check $T/check.json",
         "--from $F/generated-server-epyc-redirect/tree.tar.xz measured $F/measured/nccl.log"]
SIGNALS = ("openat2", "read", "write", "getdents64", "flock")
# Lines of sysfs do not end at its multiples.
SHORT = 61
MEMBERS = ("relation", ("kernel", "map_type"), ("drivers", "delivered"), ("drivers", "granted"),
           *(("fabric", kind, "route") for kind in ("request", "translated", "completion", "completion_relaxed")))


def is_json(text, command):
    try:
        if "--jsonl" in command:
            return all(json.loads(line) for line in text.splitlines())
        return "--json" not in command or json.loads(text) is not None
    except ValueError:
        return False


def verdicts(printed):
    def member(pair, path):
        for name in [path] if isinstance(path, str) else path:
            pair = pair[name]
        return pair
    pairs = [json.loads(line) for line in printed.splitlines()[1:]]
    return {(pair["provider"], pair["client"], path): member(pair, path) for pair in pairs for path in MEMBERS}


def another_verdict(whole, printed):
    """The first verdict that the fault turned into another; None none.  A pair may be missing."""
    right = verdicts(whole)
    for key, value in verdicts(printed).items():
        if value not in ("unknown", None) and right.get(key) != value:
            return f"{key} is {value}, not {right.get(key)}"
    return None


def fault(whole, done, command, error, given):
    """What is wrong with how a command ended; None nothing."""
    status, printed, said, files = done
    if status is None:
        return "does not end"
    for name, content in files.items():
        if name not in whole[3]:
            return f"leaves {name}"
        if content not in (whole[3][name], given.get(name)) and status not in GOOD:
            return f"leaves another {name} of {len(content)} bytes"
    if status < 0 or status > 127 or (status == 0 and set(files) != set(whole[3])):
        return f"exit status {status}, and files {sorted(files)}"
    if status in GOOD:
        if error in TRANSIENT and (printed != whole[1] or said != whole[2]):
            return f"exit status {status}, with another output, says {said!r}"
        if not is_json(printed, command):
            return f"exit status {status}, with no JSON"
        return another_verdict(whole[1], printed) if command == PAIRS else None
    if status not in BAD:
        return f"exit status {status}"
    if said.count("p2ptopo: ") != 1 or not said.startswith("p2ptopo: "):
        return f"exit status {status}, says {said!r}"
    return None


def kill(runner, command, whole, chosen):
    """SIGKILL where a call would have begun: old or new, and nothing beside that the next run does not remove."""
    for call in chosen:
        if call.name not in WRITES:
            continue
        done = runner.run(command, call.name, call.number, 0, "kill", "", keeps=True)
        for file, content in done[3].items():
            hidden = file.startswith(".p2ptopo-")
            if not hidden and content not in (whole[3].get(file), runner.given.get(file)):
                yield f"{command}: killed at {call.name} {call.number}: leaves {file} of {len(content)} bytes"
        again = runner.run(command)
        yield None if again == whole else (f"{command}: killed at {call.name} {call.number}: the next run leaves "
                                           f"{sorted(again[3])}, says {again[2]!r}")


def fail_each(runner, command, whole, chosen, errors=None):
    for call in chosen:
        for error in errors or ERRORS.get(call.name, []):
            wrong = fault(whole, runner.fail(command, call, error), command, error, runner.given)
            yield wrong and f"{command}: {error} of {call.name} {call.number}, {call.path}: {wrong}"


def same_again(runner, command, whole, calls):
    """Signals at every second call, short reads and writes, and the names of a directory in another order:
    nothing but what it is without."""
    first = {call.name: call.number for call in reversed(calls)}
    plans = [(name, first[name], 2, "error", errno.EINTR) for name in SIGNALS if name in first]
    plans += [(name, first[name], 1, "short", SHORT) for name in ("read", "write") if name in first]
    plans += [("getdents64", 1, 1, "shuffle", seed) for seed in (1, 2, 3)]
    for plan in plans:
        done = runner.run(command, *plan)
        yield None if done == whole else (f"{command}: {' '.join(map(str, plan))}: exit status {done[0]}, another "
                                          f"answer, says {done[2]!r}")


def read_plan(runner, tried):
    """What an ordinary run of the tests has time for."""
    whole = runner.whole(PAIRS)
    chosen = [call for call in runner.calls(PAIRS) if str(runner.tree) in call.path and call.name != "close"]
    tried |= {call.place for call in chosen}
    yield from fail_each(runner, PAIRS, whole, chosen, ["EIO"])
    for command in [PAIRS, *FILES]:
        yield from same_again(runner, command, runner.whole(command), runner.calls(command))
    for number, command in enumerate(commands.COMMANDS):
        if number % 2 == 0:
            continue
        whole = runner.whole(command)
        chosen = new_places(runner.calls(command), tried)
        yield from fail_each(runner, command, whole, chosen[::READ_PART])


def new_places(calls, tried):
    chosen = []
    for call in calls:
        if call.place not in tried:
            tried.add(call.place)
            chosen.append(call)
    return chosen


def all_plan(runner, tried):
    for command in [PAIRS, REPLACE, *commands.COMMANDS]:
        whole = runner.whole(command)
        calls = runner.calls(command)
        chosen = new_places(calls, tried)
        if command == PAIRS:
            chosen = [call for call in calls if str(runner.tree) in call.path]
        yield from fail_each(runner, command, whole, chosen)
        yield from same_again(runner, command, whole, calls)
        yield from kill(runner, command, whole, chosen)


def write_plan(runner, _):
    whole = runner.whole(REPLACE)
    calls = new_places(runner.calls(REPLACE), set())
    chosen = [call for name in PLACES for call in [call for call in calls if call.name == name][-2:]]
    yield from fail_each(runner, REPLACE, whole, chosen)
    yield from kill(runner, REPLACE, whole, chosen)


def live_plan(runner, tried):
    """The running machine: its pairs, and root's snapshot, whose folder is $T."""
    for command in [PAIRS, REFRESH]:
        whole = runner.whole(command)
        calls = runner.calls(command)
        chosen = new_places(calls, tried)
        yield from fail_each(runner, command, whole, chosen)
        yield from same_again(runner, command, whole, calls)
        yield from kill(runner, command, whole, chosen)


def one_plan(command):
    def plan(runner, _):
        whole = runner.whole(command)
        calls = runner.calls(command)
        chosen = new_places(calls, set())
        yield from fail_each(runner, command, whole, chosen)
        yield from same_again(runner, command, whole, calls)
        yield from kill(runner, command, whole, chosen)
    return plan


PLANS = {"write": write_plan, "read": read_plan, "live": live_plan, "all": all_plan}


def main():
    p2ptopo, injector, fixtures = (os.path.abspath(word) for word in sys.argv[1:4])
    plan = PLANS.get(sys.argv[4]) or one_plan(sys.argv[4])
    with tempfile.TemporaryDirectory() as above:
        folder = pathlib.Path(above) / "here"
        folder.mkdir()
        runner = (Live if plan is live_plan else Runner)(p2ptopo, injector, fixtures, str(folder))
        if not runner.may_run():
            print("no namespace, or no tracing, may be had here")
            return SKIPPED
        runner.given = {"old.tar": b"what was there before"}
        runs = faults = 0
        for wrong in plan(runner, set()):
            runs += 1
            faults += wrong is not None
            if wrong:
                print(wrong, flush=True)
    print(f"{runs} runs, {faults} faults")
    return 1 if faults or not runs else 0


if __name__ == "__main__":
    sys.exit(main())
