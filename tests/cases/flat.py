#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A tree that lost links of sys/bus/pci/devices (as `cp -rL` makes it) says of each pair what the whole tree says, or
that it does not know."""

import io
import os
import pathlib
import posixpath
import subprocess
import sys
import tarfile
import tempfile

import captures

DEVICES = "sys/bus/pci/devices/"
COLUMNS = "MAP-TYPE,DIST,REQUEST,TRANSLATED,COMPLETION,COMPLETION-RO"
UNKNOWN = ("unknown", "?", "-")
MOST_FUNCTIONS = 60


class Tree:
    """The members of a tar, and which of them are links of functions."""

    def __init__(self, path):
        self.files, self.links = {}, {}
        with tarfile.open(path) as tar:
            for member in tar:
                name = posixpath.normpath(member.name)
                self.files[name] = member, tar.extractfile(member).read() if member.isfile() else b""
        devices = [name for name in self.files if posixpath.dirname(name).endswith(DEVICES[:-1])]
        self.root = devices[0][:devices[0].index(DEVICES)] if devices else ""
        for name in devices:
            member = self.files[name][0]
            if member.issym():
                self.links[name] = posixpath.normpath(
                    posixpath.join(posixpath.dirname(name), member.linkname))

    def is_bridge(self, link):
        config = self.files.get(self.links[link] + "/config", (None, b""))[1]
        return len(config) > 14 and config[14] & 0x7f in (1, 2)

    def flatten(self, to, flat, without_config=()):
        """Write the tree with the links @flat as folders; @without_config: and no config there."""
        folders = {self.links[link]: link for link in flat}
        with tarfile.open(to, "w") as tar:
            for name, (member, data) in self.files.items():
                moved = folders.get(posixpath.dirname(name))
                if name in flat or name in folders:
                    continue
                if moved and not member.isfile():
                    continue
                if moved and moved in without_config and name.endswith("/config"):
                    continue
                new = tarfile.TarInfo(f"{moved}/{posixpath.basename(name)}" if moved else name)
                new.type, new.linkname, new.size = member.type, member.linkname, len(data)
                tar.addfile(new, io.BytesIO(data))
            for link in flat:
                folder = tarfile.TarInfo(link)
                folder.type, folder.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(folder)


def pairs(binary, source):
    """What is said of each pair, in the order of COLUMNS."""
    done = subprocess.run([binary, "--from", source, "--kernel", "6.1", "pairs", "--all", "-o",
                           "PROVIDER,CLIENT," + COLUMNS], capture_output=True, check=False,
                          env={**os.environ, "LC_ALL": "C"})
    assert done.returncode == 0, f"{source}: {done.stderr.decode()}"
    rows = [line.split() for line in done.stdout.decode().splitlines()]
    return {tuple(row[:2]): row[2:] for row in rows[1:]}


def variants(tree):
    """(what was done, links made folders, which of them lack config)"""
    links = sorted(tree.links)
    bridges = [link for link in links if tree.is_bridge(link)]
    ends = [link for link in links if link not in bridges]
    yield "all flat", links, ()
    yield "all flat, bridges unread", links, bridges
    yield "all flat, one bridge unread", links, bridges[-1:]
    yield "all flat, nothing read", links, links
    yield "bridges flat", bridges, ()
    yield "bridges flat and unread", bridges, bridges
    yield "endpoints flat", ends, ()
    yield "all flat, half of the bridges unread", links, bridges[len(bridges) // 2:]
    for link in links[1:40:13]:
        yield f"{posixpath.basename(link)} flat", [link], ()
        yield f"{posixpath.basename(link)} flat and unread", [link], [link]


def main():
    binary, folder = sys.argv[1:]
    wrong = compared = unknown = 0
    with tempfile.TemporaryDirectory() as scratch:
        for path in captures.found(folder):
            if "tar" not in path.name:
                continue
            tree = Tree(path)
            if len(tree.links) > MOST_FUNCTIONS:
                continue
            whole = pairs(binary, str(path))
            file = str(pathlib.Path(scratch) / "flat.tar")
            for what, flat, unread in variants(tree):
                tree.flatten(file, set(flat), set(unread))
                for names, now in pairs(binary, file).items():
                    bad = [(a, b) for a, b in zip(whole[names], now)
                           if a != b and b not in UNKNOWN]
                    compared += 1
                    unknown += now[0] in UNKNOWN
                    wrong += bool(bad)
                    if bad and wrong < 20:
                        print(f"{path.parent.name}/{path.name}: {what}: {names}: {bad}")
    print(f"{compared} pairs compared, {unknown} of them not known, {wrong} differ")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
