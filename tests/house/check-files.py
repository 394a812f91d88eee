#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every source names its licence, and stays small: files of 600 lines, C functions of 60, folders of
the product of 25 files.  No file names the folder in which somebody built it.
Of the command main() alone writes to stderr, so that a failure is said once."""
import collections
import pathlib
import re
import subprocess
import sys

MOST_LINES = 600
MOST_FUNCTION = 60
MOST_IN_FOLDER = 25
SOURCES = {".c", ".h", ".py", ".sh", ".def", ".cmake", ".map", ".rules", ".service"}
SPDX = re.compile(r"SPDX-License-Identifier: ([^*\n]+?)\s*(\*/)?$", re.M)
# The second shows progress on a terminal, the third leaves its parent's stderr.
STDERR = ("src/p2ptopo/main.c", "src/p2ptopo/commands/prove.c", "src/p2ptopo/commands/refresh.c")
LICENCES = [
    ("kmod/uapi/", "GPL-2.0-only WITH Linux-syscall-note"),
    ("kmod/", "GPL-2.0-only"),
    ("tests/vm/modules/", "GPL-2.0-only"),
    ("tests/fuzz/gate/", "GPL-2.0-only"),       # with what is in kmod/ in one program
    ("tests/fuzz/fuzz_gate.c", "GPL-2.0-only"),
    ("src/libp2ppolicy/CMakeLists.txt", "GPL-2.0-or-later"),
    ("src/libp2ppolicy/", "LGPL-2.1-or-later"),
    ("cmake/p2ppolicyConfig.cmake", "LGPL-2.1-or-later"),
    ("tests/abi/1/p2ppolicy.h", "LGPL-2.1-or-later"),   # as it was installed
    ("", "GPL-2.0-or-later"),
]


def tracked(top):
    out = subprocess.run(["git", "-C", top, "ls-files", "-z"], capture_output=True, check=True)
    return [name for name in out.stdout.decode().split("\0") if name]


def is_source(name, path):
    if name.startswith("tests/fixtures/") or name.startswith("LICENSES/"):
        return False
    if path.suffix in SOURCES or path.name in ("CMakeLists.txt", "Makefile", "Kbuild"):
        return True
    if path.suffix or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def check_licence(name, text):
    wanted = next(licence for prefix, licence in LICENCES if name.startswith(prefix))
    found = SPDX.search("\n".join(text.splitlines()[:4]))
    if not found:
        yield f"{name}:1: no SPDX-License-Identifier"
    elif found.group(1) != wanted:
        yield f"{name}:1: says {found.group(1)}, its folder is {wanted}"


def check_size(name, text):
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        yield f"{name}: {len(lines)} lines, more than {MOST_LINES}"
    if not name.endswith(".c"):
        return
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            if number - start - 1 > MOST_FUNCTION:
                yield f"{name}:{start}: a function of {number - start - 1} lines"
            start = None


def check_stderr(name, text):
    if not name.startswith("src/p2ptopo/") or not name.endswith(".c") or name in STDERR:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\bstderr\b|\bSTDERR_FILENO\b|\bperror\(|\bwarnx?\(|\berrx?\(", line):
            yield f"{name}:{number}: only main.c writes to stderr: fail_with(), app_note()"


def check_folders(names):
    counts = collections.Counter(str(pathlib.PurePath(name).parent) for name in names
                                 if name.startswith("src/"))
    for folder, count in counts.items():
        if count > MOST_IN_FOLDER:
            yield f"{folder}: {count} files, more than {MOST_IN_FOLDER}"


def check_machine_path(name, path):
    """A generated file that took over the path of the checkout, from any machine."""
    if b"/src/libp2ppolicy/" in path.read_bytes() and re.search(
            rb"(?<![\w.}>-])/[\w./-]+/src/libp2ppolicy/", path.read_bytes()):
        yield f"{name}: has the absolute path of a checkout"


def main():
    top = pathlib.Path(sys.argv[1])
    if not (top / ".git").exists():
        print("not a git checkout: what belongs to the project cannot be told")
        return 77
    names = tracked(top)
    problems = [*check_folders(names)]
    for name in names:
        path = top / name
        if path.is_file():
            problems += check_machine_path(name, path)
        if path.is_file() and is_source(name, path):
            text = path.read_text(errors="replace")
            problems += [*check_licence(name, text), *check_size(name, text),
                         *check_stderr(name, text)]
    print("\n".join(problems) or "every source names its licence and is small")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
