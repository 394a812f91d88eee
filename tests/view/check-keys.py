#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""p2ptopo-view(1) describes the keys as the help page of the viewer does, all of them and in its
order; and every key named does something other than to be unknown.

usage: check-keys.py P2PTOPO CAPTURE PAGE"""
import os
import re
import shutil
import subprocess
import sys


def words(text):
    return text.split()


def from_help(tool, machine):
    command = [tool, "--from", machine, "view", "--print-screen", "--size", "400x400",
               "--keys", "?"]
    screen = subprocess.run(command, capture_output=True, text=True, check=True,
                            env=dict(os.environ, LC_ALL="C.UTF-8")).stdout
    return words(screen.split("\nMarks\n", 1)[0].split("\n", 2)[2])


def from_page(page):
    text = subprocess.run(["mandoc", "-T", "utf8", "-O", "width=400", page], capture_output=True,
                          text=True, check=True).stdout
    plain = re.sub(r".\x08", "", text)
    return words(plain.split("\nKEYS\n", 1)[1].split("\nMARKS\n", 1)[0])


def main():
    tool, machine, page = sys.argv[1:4]
    if not shutil.which("mandoc"):
        print("mandoc is not installed")
        return 77
    shown, written = from_help(tool, machine), from_page(page)
    for i, (one, other) in enumerate(zip(shown + ["(end)"], written + ["(end)"])):
        if one != other:
            print(f"{page}: after '{' '.join(shown[max(0, i - 8):i])}' the viewer says '{one}', "
                  f"the page '{other}'")
            return 1
    print(f"{len(shown)} words on keys: viewer and manual agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
