# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs p2ptopo and reads its rows; finds the captures to ask it about."""

import json
import os
import subprocess

FIELDS = ("relation", "map_type", "distance", "hops", "acs_redirect")


class ToolFailed(Exception):
    pass


def lines(binary, capture, ruleset):
    """The rows as they are printed, without the header."""
    command = [binary, "--from", capture, "--kernel", ruleset, "pairs", "--all", "--jsonl"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise ToolFailed("%s: exit %d: %s" % (" ".join(command), done.returncode,
                                              done.stderr.decode("utf-8", "replace").strip()))
    printed = done.stdout.decode("utf-8").splitlines()
    if not printed or "provider" in json.loads(printed[0]):
        raise ToolFailed("%s: the first line is no header" % " ".join(command))
    return printed[1:]


def parse(line):
    """((provider, client), the fields that the oracle answers too)"""
    row = json.loads(line)
    fields = {field: row["kernel"][field] for field in FIELDS[1:]}
    return (row["provider"], row["client"]), {"relation": row["relation"], **fields}


def rows(binary, capture, ruleset):
    answers = {}
    for pair, fields in map(parse, lines(binary, capture, ruleset)):
        if pair in answers:
            raise ToolFailed("%s %s: two rows for %s -> %s" % (capture, ruleset, *pair))
        answers[pair] = fields
    return answers


def verdicts(program, capture, rulesets):
    """ruleset -> rows, all from one process that links the library (verdicts.c)."""
    command = [program, capture, *rulesets]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise ToolFailed("%s: exit %d: %s" % (" ".join(command), done.returncode,
                                              done.stderr.decode("utf-8", "replace").strip()))
    answers = {ruleset: {} for ruleset in rulesets}
    for line in done.stdout.decode("ascii").splitlines():
        ruleset, pair, fields = verdict(line)
        answers[ruleset][pair] = fields
    return answers


def verdict(line):
    """(rule set, (provider, client), the fields) of a line of verdicts.c"""
    ruleset, provider, client, relation, map_type, distance, hops, redirect = line.split()
    return ruleset, (provider, client), {
        "relation": None if relation == "-" else relation,
        "map_type": map_type, "distance": None if distance == "-" else int(distance),
        "hops": int(hops), "acs_redirect": [] if redirect == "-" else redirect.split(",")}


class Verdicts:
    """verdicts.c, asked about one capture after another."""

    def __init__(self, program, ruleset):
        self.process = subprocess.Popen([program, "-", ruleset], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, encoding="ascii")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate()

    def lines(self, capture):
        """The lines of every pair, as they are printed."""
        self.process.stdin.write(capture + "\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.startswith("end "):
                if line != "end 0\n":
                    raise ToolFailed("%s: verdicts could not read it" % capture)
                return lines
            lines.append(line)
        raise ToolFailed("%s: verdicts ended: %s" % (capture, self.process.stderr.read()))


def fixtures(folder):
    """Captured trees below `folder`: tree.tar* or folders that hold sys/."""
    found = []
    for above, folders, files in os.walk(folder):
        folders.sort()
        if "sys" in folders:
            found.append(above)
            folders.clear()
            continue
        found.extend(os.path.join(above, name) for name in sorted(files)
                     if name.startswith("tree.tar"))
    return found


def shared_captures(folder):
    """The captures of real machines, where that folder is known."""
    found = []
    for name in ("hwloc", "lspci", "pciutils"):
        below = os.path.join(folder, name)
        if os.path.isdir(below):
            found.extend(os.path.join(below, entry) for entry in sorted(os.listdir(below))
                         if entry != "COPYING" and not entry.startswith("README"))
    return found
