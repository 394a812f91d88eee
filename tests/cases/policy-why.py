#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A policy that allows nothing says why rule by rule; a glob that matches nothing is a warning.  Without the
configuration spaces, who else reaches a provider is not known, and that is said.

Usage: policy-why.py P2PTOPO FIXTURES
"""
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

UNFILTERED = "vm-switch/tree.tar.xz"
MACHINE = "generated-server-epyc-redirect/tree.tar.xz"
HEAD = '{ "format": "p2ptopo-policy", "version": 1,\n"rules": [\n'
ALLOW = {"action": "allow"}
NVME, NIC, ANY = {"class": "nvme"}, {"class": "nic"}, {"any": True}
# Rules, and what is said of the one on each line; what no line is said of is None.
CASES = [
    ([{**ALLOW, "provider": {"class": "accel"}, "client": NIC}],
     ["no function of M is meant as provider"]),
    ([{**ALLOW, "provider": {"class": "accel"}, "client": {"id": "dead:beef"}}],
     ["no function of M is meant as provider, and none as client"]),
    ([{"action": "deny", "provider": NVME, "client": ANY},
      {**ALLOW, "provider": NVME, "client": NIC}],
     ["denies 150 pairs", "a rule before this denies all 40 pairs that it would allow"]),
    ([{**ALLOW, "provider": NIC, "client": NIC, "when": {"read_gbytes_at_least": 900}}],
     ['none of 56 pairs meets "when"']),
    ([{**ALLOW, "provider": {"bdf": "0000:17:00.0"}, "client": {"bdf": "0000:17:00.0"}}],
     ["provider and client are one function, which is not a pair"]),
    # The glob is told in any case, the rules only where nothing at all is allowed.
    ([{**ALLOW, "provider": [{"name": "gone*"}, NVME], "client": NIC}], None),
]


def compile_policy(command, fixtures, rules):
    """Lines on stderr, without what stands before the line number."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "policy.json")
        path.write_text(HEAD + ",\n".join(map(json.dumps, rules)) + "\n] }\n")
        done = subprocess.run([command, "--from", f"{fixtures}/{MACHINE}", "policy", "compile",
                               str(path)], capture_output=True, text=True, check=True)
        return [line.removeprefix("p2ptopo: ").replace(str(path), "P")
                .replace(f"{fixtures}/{MACHINE}", "M").split("; a fact")[0]
                for line in done.stderr.splitlines()]


def check_example(command, fixtures):
    """Where no policy is installed, one is pointed to; it is valid and allows something."""
    if not pathlib.Path("/etc/p2ptopo/policy.json").exists():
        done = subprocess.run([command, "--from", f"{fixtures}/{MACHINE}", "policy", "compile"],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 4, done
        found = re.search(r"an example is (\S+/examples/policy\.json)( in the sources)?, and", done.stderr)
        assert found, done
        assert (pathlib.Path(fixtures, "../..") / found[1]).exists(), done
    done = subprocess.run([command, "--from", f"{fixtures}/{MACHINE}", "policy", "compile",
                           f"{fixtures}/../../rules/examples/policy.json", "--json"],
                          capture_output=True, check=True)
    assert json.loads(done.stdout)["pairs"], done


def others_of(command, machine, policy):
    """Who reaches the one provider anyway, who may, and the text."""
    call = [command, "--from", machine, "policy", "compile", policy]
    text = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    done = subprocess.run([*call, "--json"], capture_output=True, check=True)
    row, = json.loads(done.stdout)["providers"]
    return set(row["reached_also_by"]), set(row["may_be_reached_by"]), text


def check_unknown(command, fixtures):
    """What reaches the provider with all registers read, may reach it when root did not read them."""
    with tempfile.TemporaryDirectory() as folder:
        policy = pathlib.Path(folder, "policy.json")
        rule = {**ALLOW, "provider": {"bdf": "0000:03:00.0"}, "client": {"bdf": "0000:04:00.0"}}
        policy.write_text(HEAD + json.dumps(rule) + "\n] }\n")
        with tarfile.open(f"{fixtures}/{UNFILTERED}") as archive:
            archive.extractall(folder, filter="fully_trusted")
        reach, may, text = others_of(command, folder, policy)
        assert reach and not reach & may, (reach, may)
        assert "not kept out by hardware either" in text and "keep these out is not known" not in text, text
        for path in pathlib.Path(folder, "sys/devices").rglob("config"):
            content = path.read_bytes()
            path.chmod(0o644)
            path.write_bytes(content[:64])
        without, may, text = others_of(command, folder, policy)
        assert not without and reach <= may, (reach, without, may)
        assert "whether the switches keep these out is not known:\n  nvme0 may be reached" in text, text


def main():
    command, fixtures = sys.argv[1:]
    wrong = []
    check_example(command, fixtures)
    check_unknown(command, fixtures)
    for rules, said in CASES:
        want = ['P:3:43: "name": "gone*" matches no function of M']
        if said:
            want = ["P allows no pair of M:"] + [f"P:{3 + i}: {text}"
                                                 for i, text in enumerate(said)]
        got = compile_policy(command, fixtures, rules)
        if got != want:
            wrong.append(f"{rules}:\n  said {got}\n  want {want}")
    sys.exit("\n".join(wrong) or None)


main()
