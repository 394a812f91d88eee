#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""check-musl.py TOP BUILD: every source of the library and the command compiles against musl, without a warning.

Debian has no libraries built for musl, so nothing is linked; the headers of those of glibc serve, each by its own name, since
/usr/include as a whole would bring glibc's.
"""
import concurrent.futures
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

LIBRARIES = ("pci libudev.h archive.h archive_entry.h hwloc hwloc.h json-c blkid expat.h expat_external.h expat_config.h zlib.h zconf.h curses.h "
             "ncurses.h ncurses_dll.h term.h unctrl.h eti.h libsmartcols linux asm asm-generic").split()
WITH_VALUE = ("-o", "-MF", "-MT", "-isystem")


def link_headers(folder, multiarch):
    """One folder with the headers of LIBRARIES; some lie in two places."""
    for name in LIBRARIES:
        for place in ("/usr/include", "/usr/include/" + multiarch):
            path = os.path.join(place, name)
            for base, _, files in os.walk(path):
                for file in files:
                    at = os.path.join(folder, os.path.relpath(os.path.join(base, file), place))
                    os.makedirs(os.path.dirname(at), exist_ok=True)
                    os.path.exists(at) or os.symlink(os.path.join(base, file), at)
            if os.path.isfile(path) and not os.path.exists(os.path.join(folder, name)):
                os.symlink(path, os.path.join(folder, name))


def command(entry, folder):
    words, kept = shlex.split(entry["command"]), []
    while words and not words[0].startswith("-"):
        words.pop(0)
    while words:
        word = words.pop(0)
        if word in WITH_VALUE:
            words.pop(0)
        elif word not in ("-c", "-MD", "-g") and not word.startswith(("-I/usr", "-O")):
            kept.append(word)
    return ["musl-gcc", "-isystem", folder, "-isystem", folder + "/libsmartcols", *kept, "-O0", "-fsyntax-only"]


def main():
    top, build = map(os.path.realpath, sys.argv[1:])
    if not shutil.which("musl-gcc"):
        print("musl-gcc is not installed")
        return 77
    with open(build + "/compile_commands.json", encoding="utf-8") as file:
        entries = [e for e in json.load(file) if e["file"].startswith(top + "/src/")]
    multiarch = subprocess.run(["gcc", "-print-multiarch"], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        link_headers(folder, multiarch)
        results = list(pool.map(lambda e: subprocess.run(command(e, folder), cwd=e["directory"], capture_output=True, text=True,
                                                         check=False), entries))
    failed = [r.stderr for r in results if r.returncode]
    print("".join(failed), end="")
    print(f"{len(entries)} sources, of which {len(failed)} do not compile")
    return bool(failed) or len(entries) < 100


if __name__ == "__main__":
    sys.exit(main())
