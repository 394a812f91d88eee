#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A screen of p2ptopo as a picture: what the tool prints, with its colours, as SVG.

usage: screen.py P2PTOPO        writes the picture of README.md to standard output
"""
import html
import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
MACHINE = "tests/fixtures/generated-server-icelake-redirect/tree.tar.xz"
SHOWN = ["--from", MACHINE, "--pci-ids", "tests/fixtures/pci.ids", "--kernel", "6.1", "--color", "always",
         "view", "--print-screen", "--size", "92x17", "--keys", "2jllx"]
COLOURS = {"31": "#f7768e", "32": "#9ece6a", "33": "#e0af68", "34": "#7aa2f7", "35": "#bb9af7", "36": "#7dcfff"}
CELL, LINE = 8.4, 18


def style(codes, now):
    """The colour, weight and background after one escape sequence."""
    colour, bold, turned = now
    for code in codes.split(";"):
        if code in ("", "0"):
            colour, bold, turned = "#c0caf5", False, False
        elif code == "1":
            bold = True
        elif code == "2":
            colour = "#737aa2"
        elif code == "7":
            turned = True
        elif code in COLOURS:
            colour = COLOURS[code]
    return colour, bold, turned


def draw(line, row):
    """One line of the screen: a text for each run of one colour."""
    column, now = 0, ("#c0caf5", False, False)
    for codes, text in re.findall(r"\x1b\[([\d;]*)m|([^\x1b]+)", line):
        if not text:
            now = style(codes, now)
            continue
        colour, bold, turned = now
        x, y = 12 + column * CELL, 22 + row * LINE
        if turned:
            yield (f'<rect x="{x:.1f}" y="{y - 13}" width="{len(text) * CELL:.1f}" height="{LINE}" '
                   f'fill="{colour}"/>')
            colour = "#1a1b26"
        if text.strip():
            yield (f'<text x="{x:.1f}" y="{y}" fill="{colour}" textLength="{len(text) * CELL:.1f}"'
                   f'{" font-weight=" + chr(34) + "bold" + chr(34) if bold else ""}>{html.escape(text)}</text>')
        column += len(text)


def main():
    environment = dict(os.environ, LC_ALL="C.UTF-8", COLUMNS="92")
    screen = subprocess.run([sys.argv[1], *SHOWN], cwd=TOP, env=environment, check=True, text=True,
                            capture_output=True).stdout.rstrip("\n").split("\n")
    width, height = 24 + 92 * CELL, 20 + len(screen) * LINE
    print("<!-- SPDX-License-Identifier: GPL-2.0-or-later; written by doc/screen.py -->")
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" xml:space="preserve"\n'
          ' font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">')
    print(f'<rect width="{width:.0f}" height="{height}" rx="8" fill="#1a1b26"/>')
    for row, line in enumerate(screen):
        print("\n".join(draw(line, row)))
    print("</svg>")


if __name__ == "__main__":
    main()
