# SPDX-License-Identifier: GPL-2.0-or-later
"""The fixtures and captures, for tests that read each of them many times."""

import bz2
import gzip
import lzma
import os
import pathlib

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
OPENERS = {".xz": lzma.open, ".bz2": bz2.open, ".gz": gzip.open}


def every():
    """Of many things alike one in so many is tried: P2PTOPO_EVERY, otherwise 1."""
    return int(os.environ.get("P2PTOPO_EVERY", "1"))


def found(folder):
    """The path of every fixture, and of every capture in @folder where it is not empty; where
    P2PTOPO_EVERY is N, of every Nth of them."""
    paths = sorted(FIXTURES.glob("*/tree.tar*"))
    for below in ("hwloc", "lspci", "pciutils") if folder else ():
        paths += sorted(path for path in (pathlib.Path(folder) / below).iterdir()
                        if path.name != "COPYING")
    return paths[::every()]


def plain(path, scratch):
    """@path uncompressed, so that reading it again costs no decompression."""
    opener = OPENERS.get(path.suffix)
    if not opener:
        return str(path)
    to = pathlib.Path(scratch) / f"{path.parent.name}-{path.stem}"
    with opener(path) as packed:
        to.write_bytes(packed.read())
    return str(to)
