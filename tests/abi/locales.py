#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The library in a program with a foreign locale answers as in any other, byte for byte, and leaves the locale as it was.
Every function of <p2ppolicy.h> that takes a context is such an answer, and guards itself.

usage: locales.py TOP PROGRAM FIXTURES"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP, PROGRAM, FIXTURES = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
sys.path[:0] = [str(TOP / "tests/cases"), str(TOP / "tests/faults")]
sys.argv[1:] = []
import environment  # noqa: E402

MACHINES = ["vm-switch2/tree.tar.xz", "generated-server-epyc-redirect/tree.tar.xz"]
# They neither read nor make text, or the function that is called does it.
PLAIN = {"p2p_context_new", "p2p_context_free", "p2p_context_set_log", "p2p_context_error"}


def unguarded():
    header = (TOP / "src/libp2ppolicy/p2ppolicy.h").read_text()
    names = re.findall(r"P2P_EXPORT [^;]*?\b(p2p_\w+)\(\s*(?:const )?struct p2p_context \*", header)
    code = "".join(path.read_text() for path in (TOP / "src/libp2ppolicy").rglob("*.c"))
    assert len(names) > 10
    return [name for name in names if name not in PLAIN and
            not re.search(rf"^\w[\w \*]*\b{name}\([^{{;]*\)\n{{\n\tP2P_PLAIN_LOCALE;", code, re.M)]


def main():
    for name in unguarded():
        sys.exit(f"{name}() does not begin with P2P_PLAIN_LOCALE")
    with tempfile.TemporaryDirectory() as folder:
        made = environment.make_locales(pathlib.Path(folder))
        if not made:
            print("skipped: there is no localedef")
            return 77
        for machine in MACHINES:
            source = FIXTURES / machine
            answers = {}
            for locale in ["C", *sorted(made)]:
                done = subprocess.run([PROGRAM, source, TOP / "tests/abi/policy.json", locale], capture_output=True, check=False,
                                      env={**os.environ, "LOCPATH": folder})
                assert done.returncode == 0, (machine, locale, done.returncode, done.stderr, done.stdout[:200])
                answers[locale] = done.stdout
            assert len(answers["C"]) > 10000
            for locale in made:
                assert answers[locale] == answers["C"], f"{machine}: other answers in {locale}"
    print(f"the same answers in {', '.join(sorted(made))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
