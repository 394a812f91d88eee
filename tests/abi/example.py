#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The example of libp2ppolicy(3) is a whole program: taken out of the page, built against an
installed tree as the page says, and run on a fixture."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def run(*words, **more):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)


def example(page):
    text = page.split(".Sh EXAMPLES", 1)[1]
    text = re.search(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed", text, re.M | re.S).group(1)
    return text.replace("\\e", "\\").replace("\\-", "-")


def main():
    top, build = (pathlib.Path(name).resolve() for name in sys.argv[1:3])
    here = pathlib.Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        run("cmake", "--install", build, check=True, env=dict(os.environ, DESTDIR=name))
        (root / "example.c").write_text(example((top / "man/libp2ppolicy.3").read_text()))
        folder = next(root.rglob("libp2ppolicy.pc")).parent
        flags = run("pkg-config", "--cflags", "--libs", "libp2ppolicy", check=True,
                    env=dict(os.environ, PKG_CONFIG_PATH=str(folder),
                             PKG_CONFIG_SYSROOT_DIR=name)).stdout.split()
        built = run("cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", root / "example",
                    root / "example.c", *flags)
        if built.returncode:
            print(built.stderr)
            return 1
        out = run(root / "example", top / "tests/fixtures/vm-switch/tree.tar.xz",
                  env=dict(os.environ, LD_LIBRARY_PATH=str(folder.parent)))
    expected = (here / "example.out").read_text()
    if out.returncode or out.stdout != expected:
        print(f"the example prints, with status {out.returncode}:\n{out.stdout}{out.stderr}"
              f"--- and not\n{expected}")
        return 1
    print("the example of libp2ppolicy(3) builds and runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
