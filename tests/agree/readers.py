#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `export` writes, given to the programs it is for: promtool, graphviz, librsvg, lstopo; or, with "page" as the
last argument, to Chromium."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# Without arguments that follow: what reads the format from standard input, or nothing but a file.
READERS = {"prometheus": ["promtool", "check", "metrics"], "dot": ["dot", "-Tsvg"],
           "svg": ["rsvg-convert", "--format=png"], "hwloc": ["lstopo-no-graphics", "--if", "xml", "-i", "-", "--of", "svg"]}
MACHINES = ["generated-server-epyc", "generated-workstation", "generated-sriov", "vm-switch"]
SKIP = 77


def export(binary, source, name, *more):
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run([binary, "--from", source, "export", name, *more], capture_output=True, check=True,
                          env=environment).stdout


def check_readers(binary, sources, measured):
    for name, reader in READERS.items():
        if not shutil.which(reader[0]):
            print(f"no {reader[0]} to read {name}")
            sys.exit(SKIP)
        for source in sources:
            # The tool measured the first of the machines.
            more = ["--measured", measured] if name == "prometheus" and source == sources[0] else []
            done = subprocess.run(reader, input=export(binary, source, name, *more), capture_output=True,
                                  check=False)
            assert done.returncode == 0 and not done.stderr, (name, source, done.stderr.decode())
            # hwloc draws what it has understood.
            assert name != "hwloc" or b">PCI " in done.stdout, source


def check_page(binary, sources):
    """The script of the page builds a matrix of the devices, and shows the pair that the address names."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        print("no Chromium to read the page")
        sys.exit(SKIP)
    with tempfile.TemporaryDirectory() as scratch:
        page = pathlib.Path(scratch) / "page.html"
        page.write_bytes(export(binary, sources[0], "html"))
        devices = re.findall(r'"bdf":"([^"]+)"', page.read_text())
        done = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                               f"--user-data-dir={scratch}/profile",
                               f"{page.as_uri()}#{devices[1]},{devices[0]}"],
                              capture_output=True, text=True, check=True, timeout=120)
        body = done.stdout.split("<table", 1)[1].split("</table>", 1)[0]
        assert body.count("<button") == len(devices) * (len(devices) - 1), "cells of the matrix"
        pair = re.search(r'<div id="pair"[^>]*>(.*?)</div>', done.stdout, re.S)
        assert pair and "hidden" not in pair.group(0).split(">", 1)[0], "the pair is not shown"
        assert f"p2ptopo path {devices[1]} {devices[0]}" in pair.group(1)


def main():
    binary, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
    sources = [str(next((fixtures / name).glob("tree.tar*"))) for name in MACHINES]
    if sys.argv[3:] == ["page"]:
        check_page(binary, sources)
    else:
        check_readers(binary, sources, str(fixtures / "measured" / "nvbandwidth.txt"))


if __name__ == "__main__":
    main()
