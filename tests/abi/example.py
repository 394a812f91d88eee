#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The example of libp2ppolicy(3) is a whole program: taken out of the page, built against an
installed tree as the page says, and by CMake's find_package(), and run on a fixture.  Uninstalling
leaves nothing of that tree."""
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


PROJECT = """cmake_minimum_required(VERSION 3.25)
project(example LANGUAGES C)
find_package(p2ppolicy 0.1 REQUIRED)
add_executable(example ../example.c)
target_link_libraries(example PRIVATE p2ppolicy::p2ppolicy)
"""


def by_pkg_config(root, libraries):
    """The command line of the page."""
    tree = root / "tree"
    flags = run("pkg-config", "--cflags", "--libs", "libp2ppolicy", check=True,
                env=dict(os.environ, PKG_CONFIG_PATH=str(libraries / "pkgconfig"),
                         PKG_CONFIG_SYSROOT_DIR=str(tree))).stdout.split()
    built = run("cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", root / "example",
                root / "example.c", *flags)
    return built, root / "example"


def by_cmake(root, libraries):
    """A project of somebody else."""
    project = root / "project"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(PROJECT)
    built = run("cmake", "-S", project, "-B", project / "build",
                f"-Dp2ppolicy_DIR={libraries / 'cmake/p2ppolicy'}")
    if not built.returncode:
        built = run("cmake", "--build", project / "build")
    return built, project / "build/example"


def check(how, root, libraries, fixture, expected):
    """Build the example; it must print what is expected."""
    built, program = how(root, libraries)
    if built.returncode:
        return f"{how.__name__}: {built.stdout}{built.stderr}"
    out = run(program, fixture, env=dict(os.environ, LD_LIBRARY_PATH=str(libraries)))
    if out.returncode or out.stdout != expected:
        return (f"{how.__name__}: the example prints, with status {out.returncode}:\n"
                f"{out.stdout}{out.stderr}--- and not\n{expected}")
    return None


def uninstall(build, tree):
    """What is left of the tree."""
    gone = run("cmake", "--build", build, "--target", "uninstall",
               env=dict(os.environ, DESTDIR=str(tree)))
    left = [str(path.relative_to(tree)) for path in tree.rglob("*")
            if not path.is_dir() or re.search("p2ptopo|p2ppolicy|p2pgate", path.name)]
    if gone.returncode or left:
        return f"uninstall, status {gone.returncode}: {gone.stdout}{gone.stderr}left: {left}"
    return None


def main():
    top, build = (pathlib.Path(name).resolve() for name in sys.argv[1:3])
    here = pathlib.Path(__file__).resolve().parent
    expected = (here / "example.out").read_text()
    fixture = top / "tests/fixtures/vm-switch/tree.tar.xz"
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        tree = root / "tree"
        run("cmake", "--install", build, check=True, env=dict(os.environ, DESTDIR=str(tree)))
        (root / "example.c").write_text(example((top / "man/libp2ppolicy.3").read_text()))
        libraries = next(tree.rglob("libp2ppolicy.pc")).parent.parent
        problems = [check(by_pkg_config, root, libraries, fixture, expected),
                    check(by_cmake, root, libraries, fixture, expected),
                    uninstall(build, tree)]
    problems = [problem for problem in problems if problem]
    print("\n".join(problems) or "the example of libp2ppolicy(3) builds both ways and runs")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
