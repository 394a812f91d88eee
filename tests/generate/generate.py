#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes captures of machines that were never built.

usage: generate.py shapes FOLDER             every shape as FOLDER/generated-NAME/tree.tar.xz
       generate.py shape NAME OUTPUT         one shape
       generate.py measured NAME OUTPUT      a machine like one that was measured
       generate.py random SEED OUTPUT        a random fabric
       generate.py whole SEED OUTPUT         one of which nothing is hidden, to replay to a kernel
       generate.py big N OUTPUT              a regular tree of N functions

OUTPUT ends in .tar, .tar.xz or .txt (an lspci -xxxx dump); anything else is a folder to make."""

import os
import sys

import big
import measured
import random_fabric
import shapes
import sysfs

README = """Generated, not captured: tests/generate/generate.py shape %s makes these bytes.
No such machine was measured, and no kernel's answers are recorded for it.

%s
"""


def write(machine, output, lean=False):
    if output.endswith(".txt"):
        with open(output, "w", encoding="ascii") as file:
            file.write(sysfs.dump(machine))
        return
    files = sysfs.Tree(machine, lean).files
    if output.endswith((".tar", ".tar.xz")):
        sysfs.write_tar(files, output)
    else:
        sysfs.write_folder(files, output)


def main(arguments):
    match arguments:
        case ["shapes", folder]:
            for name, make in shapes.SHAPES.items():
                below = os.path.join(folder, "generated-" + name)
                os.makedirs(below, exist_ok=True)
                write(make(), os.path.join(below, "tree.tar.xz"))
                with open(os.path.join(below, "README"), "w", encoding="ascii") as file:
                    file.write(README % (name, shapes.ABOUT[name]))
        case ["shape", name, output] if name in shapes.SHAPES:
            write(shapes.SHAPES[name](), output)
        case ["measured", name, output] if name in measured.MACHINES:
            write(measured.MACHINES[name](), output)
        case ["random", seed, output] if seed.isdigit():
            write(random_fabric.make(int(seed)), output)
        case ["whole", seed, output] if seed.isdigit():
            write(random_fabric.make(int(seed), whole=True), output)
        case ["big", count, output] if count.isdigit():
            write(big.make(int(count)), output)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
