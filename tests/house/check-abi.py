#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The public headers, the version map, the shared library and libp2ppolicy(3) name the same
functions, and each public header compiles alone in C11 and C++."""
import pathlib
import re
import subprocess
import sys
import tempfile

EXPORT = re.compile(r"^P2P_EXPORT\b[^;{]*?\b(p2p_\w+)\s*\(", re.M | re.S)


def declared(headers):
    return {name for header in headers for name in EXPORT.findall(header.read_text())}


def mapped(path):
    body = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    return set(re.findall(r"\b(p2p_\w+)\s*;", body))


def exported(library):
    out = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True,
                         check=True)
    names = {line.split()[-1].split("@")[0] for line in out.stdout.splitlines()}
    return {name for name in names if not name.startswith("P2PPOLICY_")}


def documented(page):
    return set(re.findall(r"\b(p2p_\w+)\b", page.read_text())) if page.exists() else None


def differ(what, left, right):
    for name in sorted(left - right):
        yield f"{name}: declared in the headers, not in {what}"
    for name in sorted(right - left):
        yield f"{name}: in {what}, not declared in the headers"


def compile_alone(header, include):
    for compiler, language in (("cc", "c"), ("c++", "c++")):
        with tempfile.NamedTemporaryFile("w", suffix="." + language) as file:
            file.write(f'#include "{header}"\n')
            file.flush()
            standard = "-std=c11" if language == "c" else "-std=c++11"
            out = subprocess.run([compiler, "-x", language, standard, "-pedantic", "-Wall", "-Wextra",
                                  "-Werror", "-I", include, "-fsyntax-only", file.name],
                                 capture_output=True, text=True)
            if out.returncode:
                yield f"{header.name} does not compile alone as {language}:\n{out.stderr}"


def main():
    top, library = (pathlib.Path(name).resolve() for name in sys.argv[1:3])
    root = top / "src/libp2ppolicy"
    headers = [root / "p2ppolicy.h", *sorted((root / "p2ppolicy").glob("*.h"))]
    names = declared(headers)
    problems = [*differ("the version map", names, mapped(root / "p2ppolicy.map")),
                *differ("the shared library", names, exported(library))]
    page = documented(top / "man/libp2ppolicy.3")
    if page is not None:
        problems += [f"{name}: not in libp2ppolicy(3)" for name in sorted(names - page)]
    for header in headers:
        problems += compile_alone(header, root)
    print("\n".join(problems) or f"{len(names)} functions: headers, map, library and page agree")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
