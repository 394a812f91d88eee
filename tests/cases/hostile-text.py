#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Names, texts of policies and expectations, kernel parameters and file names that hold what a
terminal obeys or hides: none of it leaves any command, on stdout or stderr, in text; and JSON is
UTF-8 whatever the names."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FIXTURE = HERE.parent / "fixtures" / "generated-workstation" / "tree.tar.xz"
FUNCTION = "sys/devices/pci0000:00/0000:00:01.3/0000:03:00.0/0000:04:02.0/0000:06:00.0"

# One of each kind: ESC, CR, BEL, DEL, C1 as UTF-8 and as a byte, bidi, zero width, separators,
# tags; what is no UTF-8; and two that are fine.
TEXT = ("\033[31m\033[8m\r\a\x7f\x9b\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
        "\ufeff\U000e0041\u00e9\u4e2d")
BYTES = TEXT.encode() + b"\x9b31m\xff\xc0\x9b\xed\xa0\x80"
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e"
                    "\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")
COLOUR = re.compile("\033\\[(?:0|1|2|4|7|3[1235])(?:;(?:0|1|2|4|7|3[1235]))*m")


def make_tree(folder):
    root = os.path.join(os.fsencode(folder), BYTES)
    os.mkdir(root)
    subprocess.run(["tar", "-xf", FIXTURE, "-C", root], check=True)
    function = os.path.join(root, FUNCTION.encode())
    net = os.path.join(function, b"net")
    for name in os.listdir(net):
        os.rename(os.path.join(net, name), os.path.join(net, name + BYTES))
    driver = os.path.join(function, b"driver")
    if os.path.islink(driver):
        os.unlink(driver)
    os.symlink(b"../../../../../../bus/pci/drivers/" + BYTES, driver)
    for path, text in ((b"proc/cmdline", b"pci=disable_acs_redir=" + BYTES + b" quiet\n"),
                       (b"proc/sys/kernel/hostname", BYTES), (b"proc/version", BYTES),
                       (b"proc/sys/kernel/osrelease", BYTES)):
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text)
    return os.fsdecode(root)


def make_files(folder):
    """A policy, expectations that fail, PCI IDs, and three files that are not in order."""
    why = "first\nsecond" + TEXT
    nic = {"class": "nic"}
    files = {
        "policy.json": {"format": "p2ptopo-policy", "version": 1,
                        "rules": [{"action": "allow", "provider": {"class": ["nvme", "nic"]},
                                   "client": {"class": ["nvme", "nic"]}, "both": True,
                                   "why": why}]},
        "check.json": {"format": "p2ptopo-check", "version": 1,
                       "devices": [{"select": {"class": "nvme"}, "count": 99, "expect": {"link_above": "full"},
                                    "why": why}]},
        "key.json": {"format": "p2ptopo-policy", "version": 1, TEXT: nic},
        "value.json": {"format": "p2ptopo-policy", "version": 1,
                       "rules": [{"action": TEXT, "provider": nic, "client": nic}]},
    }
    for name, document in files.items():
        (folder / name).write_text(json.dumps(document, ensure_ascii=name == "key.json"))
    ids = b"1002  " + BYTES + b"\n\t" + b"73bf  " + BYTES + b"\n"
    (folder / "pci.ids").write_bytes(ids)
    (folder / "flows").write_bytes(b"06:00.0>05:00.0\n" + BYTES + b"\n")


def commands(folder):
    """(arguments, has it JSON?)"""
    policy, check = str(folder / "policy.json"), str(folder / "check.json")
    bad = os.fsdecode(BYTES)
    rows = [(["report"], True), (["report", "--all"], True), (["tree"], True),
            (["tree", "-o", "+driver,names,what,device"], False), (["matrix"], True),
            (["matrix", "--cell", "score"], False), (["pairs"], True),
            (["pairs", "-o", "+provider-name,client-name"], False),
            (["path", "06:00.0", "05:00.0"], True), (["near", "06:00.0"], True),
            (["address", "0xfe000000"], True), (["flows", "06:00.0>05:00.0"], True),
            (["flows", "@" + str(folder / "flows")], True), (["flows", bad], True),
            (["what-if", "iommu=off"], True), (["what-if", bad], True),
            (["check", check], True), (["check", "--record"], False),
            (["diff", str(FIXTURE)], True), (["fix", "06:00.0", "05:00.0"], True),
            (["fix", "--lint"], True), (["fix", "--report", "06:00.0", "05:00.0"], False), (["fix", "--policy", policy], True),
            (["policy", "compile", policy], True),
            (["policy", "explain", "06:00.0", "05:00.0", policy], True),
            (["policy", "compile", str(folder / "key.json")], True),
            (["policy", "compile", str(folder / "value.json")], True),
            (["policy", "diff", policy], True),
            (["path", bad, bad], True), (["near", bad], True), (["check", bad], True),
            (["capture", str(folder / "no" / bad)], False), ([bad], False), (["--" + bad], False),
            (["tree", "-s", bad], True), (["tree", "-o", bad], False), (["--kernel", bad], False),
            (["pairs", "--class", bad], True), (["check", "--only", bad, check], True)]
    for page in "tmpd?":
        rows.append((["view", "--print-screen", "--size", "100x40", "--keys", page], False))
    return rows


def call(binary, arguments, locale):
    done = subprocess.run([binary, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          env={"PATH": os.environ["PATH"], "LC_ALL": locale, "COLUMNS": "80",
                               **{k: v for k, v in os.environ.items() if "SAN_" in k}},
                          check=False)
    assert done.returncode >= 0, f"{arguments}: signal {-done.returncode}"
    return done.stdout, done.stderr


def check_text(where, text, colour=False):
    text = text.decode()        # strict
    if colour:
        text = COLOUR.sub("", text)
    found = UNSAFE.search(text)
    assert not found, f"{where}: U+{ord(found[0]):04X} in {text[:found.end()][-200:]!r}"


def main():
    binary, seen = sys.argv[1], 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_files(folder)
        where = ["--from", make_tree(name), "--pci-ids", str(folder / "pci.ids")]
        for arguments, has_json in commands(folder):
            for locale in ("C", "C.UTF-8"):
                for colour in (False, True):
                    out, err = call(binary, [*where, f"--color={'always' if colour else 'never'}",
                                             *arguments], locale)
                    check_text(arguments, out, colour)
                    check_text(arguments, err)
                    assert len(err.splitlines()) < 2 or b"\n" not in err[:-1], arguments
                    seen += "\u00e9".encode() in out + err
            if has_json:
                out, err = call(binary, [*where, "--json", *arguments], "C")
                check_text(arguments, err)
                for line in filter(None, [out.decode()]):
                    json.loads(line)
        out, _ = call(binary, [*where, "--color=always", "policy", "explain", "06:00.0", "05:00.0",
                               str(folder / "policy.json")], "C.UTF-8")
        assert b"first?second?[31m?[8m" in out, out
    # It would pass, too, if none of this text came near the output.
    assert seen > 60, seen
    print(f"{seen} outputs with harmful text, all of it made harmless")


if __name__ == "__main__":
    main()
