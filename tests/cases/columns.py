#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""columns.py P2PTOPO: each column of each command is printed, says something of some row, and the same alone and beside all others."""
import csv
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
SERVER, UNREAD = "generated-server-epyc-redirect", "generated-sriov"
COMMANDS = {
    "near": [(SERVER, ["card0"]), (UNREAD, ["card1"])],
    "pairs": [(SERVER, []), (UNREAD, ["--class", "gpu"])],
    "measured": [(SERVER, [FIXTURES / "measured/nvbandwidth.txt"])],
    "tree": [(SERVER, []), (UNREAD, []), ("vm-cxl", [])],
    "flows": [(SERVER, ["card0>card1"]), (UNREAD, ["card1>nvme0"])],
    "what-if": [(SERVER, ["acs=all,ReqRedir-"]), (UNREAD, ["acs=all,ReqRedir-", "--class", "gpu"])],
}
TABLES = ("near", "pairs")
EMPTY = {}


def call(tool, machine, *arguments):
    done = subprocess.run([tool, "--from", FIXTURES / machine / "tree.tar.xz", "--kernel", "7.3", *arguments],
                          capture_output=True, text=True, env={"LC_ALL": "C.UTF-8", "COLUMNS": "100000", "PATH": "/usr/bin:/bin"})
    return done.returncode, done.stdout, done.stderr


def columns_of(tool, machine, command):
    status, _, said = call(tool, machine, *command, "-o", "NO-SUCH-COLUMN")
    assert status == 2 and "there are " in said, said
    return said.strip().rpartition("there are ")[2].split(", ")


def check(tool, command, machine, arguments):
    words = [command, *arguments]
    columns = columns_of(tool, machine, words)
    status, out, said = call(tool, machine, *words, "-o", ",".join(columns))
    assert status in (0, 1), (words, said)
    assert any(all(name in line for name in columns) for line in out.splitlines()), f"{command}: not all of {columns}"
    whole = {}
    if command in TABLES:
        rows = list(csv.reader(call(tool, machine, *words, "--csv", "-o", ",".join(columns))[1].splitlines()))
        assert rows[0] == columns and len(rows) > 1, rows[:2]
        whole = {name: [row[i] for row in rows[1:]] for i, name in enumerate(columns)}
        assert not any(len(row) != len(columns) for row in rows)
        empty = {name for name in columns if not any(whole[name])}
        EMPTY[command] = EMPTY.get(command, empty) & empty
    for name in columns:
        status, out, said = call(tool, machine, *words, "-o", name, *(["--csv"] if command in TABLES else []))
        assert status in (0, 1) and name in out, (words, name, said)
        if name in whole:
            assert [row[0] if row else "" for row in csv.reader(out.splitlines())][1:] == whole[name], (words, name)
    return len(columns)


def main():
    tool = pathlib.Path(sys.argv[1]).resolve()
    print(sum(check(tool, command, machine, arguments)
              for command, runs in COMMANDS.items() for machine, arguments in runs), "columns")
    assert not any(EMPTY.values()), f"columns without a word: {EMPTY}"
    commands = {line.split()[0] for line in subprocess.run([tool, "--help"], capture_output=True, text=True).stdout.splitlines()
                if line.startswith("  ") and line[2:3].isalpha()}
    for command in commands - set(COMMANDS):
        said = subprocess.run([tool, command, "--help"], capture_output=True, text=True).stdout
        assert "--columns" not in said, f"{command} has columns, and is not here"


if __name__ == "__main__":
    main()
