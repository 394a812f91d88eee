#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What lspci printed, damaged on its way as people and their programs do it: lines left out, cut, wrapped, joined,
quoted, numbered.  Whatever is still known is what the registers say, of facts and of verdicts.

usage: damaged-text.py P2PTOPO FIXTURES [ROUNDS [SEED]]"""

import json
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import textwrap

FIXTURES = ["vm-acs", "vm-switch2", "generated-workstation", "vm-sriov"]
# What a text may tell; other members are made of it, or say what is not known.
FACTS = ["vendor", "device", "secondary_bus", "subordinate_bus", "acs", "pcie", "link", "ats", "pri", "pasid", "ari",
         "sriov", "aer"]
# Forms of lspci, and how often each is tried.
FORMS = [(["-vvv", "-nn"], 5), (["-v", "-nn"], 3), (["-tvnn"], 3), (["-t"], 1), (["-vmm", "-nn"], 1), (["-mm", "-nn"], 1), (["-xxxx"], 1),
         (["-nn"], 1), (["-vv", "-x"], 1)]
MARKS = ["[...]", "...", "<snip>", "-- snip --", "(...)", "\t[...]", "--More--"]


def left_out(lines, dice):
    first = dice.randrange(len(lines))
    return lines[:first] + [dice.choice(MARKS)] + lines[first + dice.randrange(1, 40):]


def head(lines, dice):
    return lines[:dice.randrange(len(lines)) + 1]


def tail(lines, dice):
    return lines[dice.randrange(len(lines)):]


def columns(lines, dice):
    width = dice.choice([40, 60, 72, 79, 80, 100])
    return [line[:width] for line in lines]


def one_cut(lines, dice):
    at = dice.randrange(len(lines))
    keep = dice.randrange(len(lines[at]) + 1)
    return lines[:at] + [lines[at][:keep] if dice.randrange(2) else lines[at][keep:]] + lines[at + 1:]


def wrapped(lines, dice):
    width = dice.choice([60, 72, 76, 80, 100])
    result = []
    for line in lines:
        line = line.expandtabs()
        indent = " " * (len(line) - len(line.lstrip()))
        result += [indent + part if i == 0 else part for i, part in enumerate(textwrap.wrap(line.strip(), width))] or [""]
    return result


def hard_wrapped(lines, dice):
    width = dice.choice([60, 80, 100])
    return [line[i:i + width] for line in lines for i in range(0, max(len(line), 1), width)]


def quoted(lines, _dice):
    return ["> " + line for line in lines]


def unindented(lines, _dice):
    return [line.lstrip() for line in lines]


def spaces(lines, dice):
    width = dice.choice([1, 2, 4, 8])
    return [line.expandtabs(width) for line in lines]


def without_blanks(lines, _dice):
    return [line for line in lines if line.strip()]


def numbered(lines, dice):
    shape = dice.choice(["{}:{}", "{:6}\t{}", "{:4} {}"])
    return [shape.format(number, line) for number, line in enumerate(lines, dice.choice([1, 950]))]


def chosen(lines, dice):
    word = dice.choice(["ACS", "LnkSta", "Bus:", "Capabilities", "Kernel"])
    return [line for line in lines if re.search(f"{word}|^[0-9a-f]", line)]


def joined(lines, dice):
    result = []
    for line in lines:
        if result and dice.random() < 0.02:
            result[-1] += " " + line.strip()
        else:
            result.append(line)
    return result


DAMAGES = [left_out, head, tail, columns, one_cut, wrapped, hard_wrapped, quoted, unindented, spaces, without_blanks,
           numbered, chosen, joined]


def dump_of(tree):
    """The config space of all functions as lspci -xxxx prints it."""
    lines = []
    for address in sorted(os.listdir(f"{tree}/sys/bus/pci/devices")):
        with open(f"{tree}/sys/bus/pci/devices/{address}/config", "rb") as file:
            config = file.read()
        lines.append(f"{address} Device")
        lines += [f"{i:02x}: {config[i:i + 16].hex(' ')}" for i in range(0, len(config) // 16 * 16, 16)]
        lines.append("")
    return "\n".join(lines) + "\n"


def members(value, name=""):
    """Path and value of each member that is neither a list nor an object."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from members(inner, f"{name}.{key}")
    elif not isinstance(value, list):
        yield name, value


class Reader:
    """The command, and a file for it to read."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.path = os.path.join(folder, "text")

    def ask(self, text):
        """Return: facts of each function by address, map types by pair; nothing when it is refused."""
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)
        command = [self.binary, "--from", self.path, "--kernel", "6.12"]
        done = subprocess.run([*command, "tree", "--json"], capture_output=True, check=False)
        if done.returncode:
            assert done.returncode == 4, done
            return {}, {}
        facts = {function["bdf"]: dict(members({key: function[key] for key in FACTS}))
                 for function in json.loads(done.stdout)["functions"]}
        columns_wanted = "provider,client,kernel.map_type"
        done = subprocess.run([*command, "pairs", "--all", "--jsonl", "-o", columns_wanted], capture_output=True, check=True)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return facts, {(row["provider"], row["client"]): row["kernel"]["map_type"] for row in rows if "provider" in row}


def differences(truth, found):
    for address, facts in found[0].items():
        if address not in truth[0]:
            yield f"{address} is not there"
            continue
        for name, value in facts.items():
            told = truth[0][address].get(name)
            if value is not None and told is not None and value != told and not name.endswith(".reason"):
                yield f"{address}{name} is {value}, and not {told}"
    for pair, kind in found[1].items():
        if kind != "unknown" and pair in truth[1] and kind != truth[1][pair]:
            yield f"{pair} {kind}, and not {truth[1][pair]}"


def try_fixture(reader, tree, rounds, dice):
    dump = dump_of(tree)
    truth = reader.ask(dump)
    with open(reader.path, "w", encoding="utf-8") as file:
        file.write(dump)
    whole = {tuple(form): subprocess.run(["lspci", "-F", reader.path, *form], capture_output=True, check=True,
                                         encoding="utf-8").stdout for form, _ in FORMS}
    known = {}
    for _ in range(rounds):
        form, = dice.choices([tuple(form) for form, _ in FORMS], [weight for _, weight in FORMS])
        lines, names = whole[form].split("\n"), list(form)
        for damage in dice.sample(DAMAGES, 1 + (dice.random() < 0.3)):
            lines = damage(lines, dice) or [""]
            names.append(damage.__name__)
        text = "\n".join(lines) + "\n"
        found = reader.ask(text)
        for difference in differences(truth, found):
            sys.exit(f"{'+'.join(names)}: {difference}\n{text}")
        if form != FORMS[0][0]:
            continue
        known[names[0]] = known.get(names[0], 0) + sum(kind != "unknown" for kind in found[1].values())
    # It is no use to know nothing of a text that lacks nothing.
    for damage in quoted, spaces, numbered, unindented:
        assert known.get(damage.__name__, 1), damage.__name__


def main():
    binary, fixtures = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    dice = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    with tempfile.TemporaryDirectory() as folder:
        for name in FIXTURES:
            tree = os.path.join(folder, name)
            with tarfile.open(os.path.join(fixtures, name, "tree.tar.xz")) as archive:
                archive.extractall(tree)
            try_fixture(Reader(binary, folder), tree, rounds, dice)


if __name__ == "__main__":
    main()
