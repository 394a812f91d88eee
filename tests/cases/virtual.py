#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A VF names its PF whatever else its config says.  The link to the PF is read at once where config
names no vendor, and otherwise only where some function may have VFs.

usage: virtual.py P2PTOPO"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "generate"))

import sysfs
from configspace import ROOT_PORT
from fabric import Fabric

SRIOV, CONTROL, VF_ENABLE = 0x10, 8, 1


def machine():
    """All of config space is there, so that it is known which functions have no VFs."""
    made = Fabric(cpu="amd", nodes=1)
    host = made.host()
    host.endpoint(0, "hostbridge", ids=(0x1022, 0x1480), config_size=256)
    host.port(ROOT_PORT, 0x09, ids=(0x1022, 0x1483)).endpoint(0, "nic").virtual(4)
    host.port(ROOT_PORT, 0x0a, ids=(0x1022, 0x1483)).endpoint(0, "gpu")
    return made


def find_sriov(config):
    at = 0x100
    while at:
        header = int.from_bytes(config[at:at + 4], "little")
        if header & 0xffff == SRIOV:
            return at
        at = header >> 20
    return None


def change(path, edit):
    config = bytearray(path.read_bytes())
    edit(config)
    path.write_bytes(config)


def as_made(_pfs, _vfs):
    pass


def vf_names_vendor(_pfs, vfs):
    for vf in vfs:
        change(vf, lambda config: config.__setitem__(slice(0, 4), bytes.fromhex("b3151e10")))


def pf_denies(pfs, _vfs):
    for pf in pfs:
        at = find_sriov(pf.read_bytes()) + CONTROL
        change(pf, lambda config, at=at: config.__setitem__(at, config[at] & ~VF_ENABLE))


def pf_is_cut(pfs, vfs):
    vf_names_vendor(pfs, vfs)
    for pf in pfs:
        change(pf, lambda config: config.__delitem__(slice(64, None)))


def makers(binary, tree):
    done = subprocess.run([binary, "--from", tree, "tree", "--json"], capture_output=True, check=True,
                          env={**os.environ, "LC_ALL": "C"})
    functions = json.loads(done.stdout.decode())["functions"]
    return {function["bdf"]: function["physfn"] for function in functions if function["physfn"]}


def main():
    for edit in (as_made, vf_names_vendor, pf_denies, pf_is_cut):
        with tempfile.TemporaryDirectory() as tree:
            sysfs.write_folder(sysfs.Tree(machine()).files, tree)
            links = list(pathlib.Path(tree, "sys", "devices").rglob("physfn"))
            wanted = {link.parent.name: link.resolve().name for link in links}
            vfs = [link.parent / "config" for link in links]
            pfs = sorted({link.resolve() / "config" for link in links})
            edit(pfs, vfs)
            found = makers(sys.argv[1], tree)
            assert wanted and found == wanted, (edit.__name__, found, wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
