#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The binary interface of the library, held to what was recorded of the release with its SONAME.

A folder tests/abi/N has of SONAME libp2ppolicy.so.N: the header as it was installed, and what abidw
says of the library.  client.c is compiled with that header and must print client.out with the
library of today; abidiff must find nothing but what may come: functions, and members at the
end of structures that begin with their size.

	abi.py client|layout|record TOP LIBRARY
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def run(*words, **more):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)


def soname(library):
    out = run("readelf", "-d", library, check=True).stdout
    return re.search(r"SONAME.*\[(.*)\]", out).group(1)


def recorded(top, library):
    name = soname(library)
    folder = top / "tests/abi" / name.rsplit(".", 1)[1]
    if not folder.is_dir():
        sys.exit(f"{name} has no record: make {folder.name}/ with abi.py record, beside those of "
                 "the releases before it")
    return folder


def client(top, library):
    folder = recorded(top, library)
    source = top / "tests/abi"
    with tempfile.TemporaryDirectory() as name:
        program = pathlib.Path(name) / "client"
        built = run("cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-I", folder, "-o", program,
                    source / "client.c", library, f"-Wl,-rpath,{library.parent}")
        if built.returncode:
            return f"client.c does not build against the recorded header:\n{built.stderr}"
        out = run(program, top / "tests/fixtures/vm-switch/tree.tar.xz", source / "policy.json")
    expected = (source / "client.out").read_text()
    if out.returncode or out.stdout != expected:
        return (f"a client of {soname(library)} got other answers (status {out.returncode}):\n"
                f"{out.stdout}{out.stderr}--- and not\n{expected}")
    return None


def layout(top, library):
    if not shutil.which("abidiff"):
        print("skipped: there is no abidiff (Debian package abigail-tools)")
        sys.exit(SKIPPED)
    folder = recorded(top, library)
    out = run("abidiff", "--no-added-syms", "--suppressions", top / "tests/abi/growth.suppr",
              folder / "libp2ppolicy.abi", library)
    if out.returncode:
        return (f"{out.stdout}{out.stderr}an old client breaks: undo this, or raise SOVERSION and "
                "record the new interface")
    return None


def record(top, library):
    folder = top / "tests/abi" / soname(library).rsplit(".", 1)[1]
    folder.mkdir(exist_ok=True)
    shutil.copy(top / "src/libp2ppolicy/p2ppolicy.h", folder / "p2ppolicy.h")
    out = run("abidw", "--drop-private-types", "--no-corpus-path", "--no-comp-dir-path",
              "--no-show-locs", "--exported-interfaces-only", "--header-file",
              top / "src/libp2ppolicy/p2ppolicy.h", library, check=True)
    # abidw writes where each unit was compiled; that is of no use to another checkout.
    (folder / "libp2ppolicy.abi").write_text(out.stdout.replace(f"'{top}/", "'"))
    return None


def main():
    what, top, library = sys.argv[1], *(pathlib.Path(name).resolve() for name in sys.argv[2:4])
    problem = {"client": client, "layout": layout, "record": record}[what](top, library)
    print(problem or f"{soname(library)}: an old client keeps what it had")
    return bool(problem)


if __name__ == "__main__":
    sys.exit(main())
