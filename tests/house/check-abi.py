#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The public header, the version map, the shared library and libp2ppolicy(3) name the same
functions, the last with the same prototypes.  The header compiles alone in C11 and C++, stays
small, and is the only one that is installed or exports anything; the private faces compile
alone in C."""
import pathlib
import re
import subprocess
import sys
import tempfile

MOST_FUNCTIONS = 60
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


def plain(text):
    return re.sub(r"\s*([*(),])\s*", r"\1", " ".join(text.split()))


def prototypes(header):
    """Name to "type name(arguments)", without spaces that mean nothing."""
    return {match.group(2): plain(match.group(0)[len("P2P_EXPORT"):].strip())
            for match in re.finditer(r"^P2P_EXPORT\b([^;{(]*?)\b(p2p_\w+)\s*\([^;]*\)",
                                     header.read_text(), re.M)}


def documented(page):
    """The same of the SYNOPSIS of a manual page: .Ft, .Fo, .Fa and .Fc."""
    found = {}
    for kind, name, arguments in re.findall(r'^\.Ft (.*)\n\.Fo (\w+)\n((?:\.Fa .*\n)*)\.Fc',
                                            page.read_text(), re.M):
        listed = ", ".join(re.findall(r'^\.Fa "(.*)"$', arguments, re.M))
        text = kind.strip('"')
        found[name] = plain(f"{text} {name}({listed})")
    return found


def check_page(header, page):
    wanted, found = prototypes(header), documented(page)
    listed = set(re.findall(r"^\.It Fn (\w+)", page.read_text(), re.M))
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            yield (f"{name}: the header has {wanted.get(name)}, and the SYNOPSIS of "
                   f"libp2ppolicy(3) {found.get(name)}")
    yield from differ("the DESCRIPTION of libp2ppolicy(3)", set(wanted), listed)


def check_private(root):
    for path in sorted(root.glob("*/*.h")):
        if "P2P_EXPORT" in path.read_text():
            yield f"{path}: exports something that is not in p2ppolicy.h"


def differ(what, left, right):
    for name in sorted(left - right):
        yield f"{name}: declared in the header, not in {what}"
    for name in sorted(right - left):
        yield f"{name}: in {what}, not declared in the header"


def compile_alone(header, include, languages):
    for compiler, language, standard in languages:
        with tempfile.NamedTemporaryFile("w", suffix="." + language) as file:
            file.write(f'#include "{header}"\n')
            file.flush()
            out = subprocess.run([compiler, "-x", language, f"-std={standard}", "-pedantic", "-Wall",
                                  "-Wextra", "-Werror", "-I", include, "-fsyntax-only", file.name],
                                 capture_output=True, text=True)
            if out.returncode:
                yield f"{header.name} does not compile alone as {language}:\n{out.stderr}"


def check_install(root):
    lists = (root / "CMakeLists.txt").read_text()
    for what in re.findall(r"install\((?:FILES|DIRECTORY) ([^)]*)INCLUDEDIR", lists):
        if what.split()[0] != "p2ppolicy.h" or ".h" in what.split("p2ppolicy.h", 1)[1]:
            yield f"CMakeLists.txt installs more headers than p2ppolicy.h: {what.strip()}"


def main():
    top, library = (pathlib.Path(name).resolve() for name in sys.argv[1:3])
    root = top / "src/libp2ppolicy"
    header = root / "p2ppolicy.h"
    names = declared([header])
    problems = [*differ("the version map", names, mapped(root / "p2ppolicy.map")),
                *differ("the shared library", names, exported(library)),
                *check_page(header, top / "man/libp2ppolicy.3"),
                *check_private(root), *check_install(root),
                *compile_alone(header, root, (("cc", "c", "c11"), ("c++", "c++", "c++11")))]
    if len(names) > MOST_FUNCTIONS:
        problems.append(f"{len(names)} public functions; {MOST_FUNCTIONS} are the most")
    for face in sorted((root / "p2ppolicy").glob("*.h")):
        problems += compile_alone(face, root, (("cc", "c", "c11"),))
    print("\n".join(problems) or f"{len(names)} functions: header, map, library and page agree")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
