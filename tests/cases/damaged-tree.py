#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
A tree document in which one member is of another type, out of range or names nothing: where what is above
a function would be another, it is refused; any other fact is the same or not known.
"""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile

FIXTURE = pathlib.Path(__file__).parents[1] / "fixtures/generated-workstation/tree.tar.xz"
GPU, PORT, HOST = ("functions", 5), ("functions", 2), ("host_bridges", 0)
PARENT, PHYSFN = "a function is not below its parent", "a virtual function has no physical function"
BRIDGE = "a host bridge names a function that is not there"
ODD = (3, "", "x", "0000:77:00.0", [], {}, True)
# What is changed, to what, and what is said of it.
REFUSED = [(GPU, "parent", value, PARENT) for value in (None, *ODD)] + [
    (GPU, "depth", value, PARENT) for value in (0, 1, 3, -1, "2", None, 2 ** 40)] + [
    (GPU, "physfn", value, PHYSFN) for value in ("0000:01:00.0", *ODD)] + [
    (GPU, "data_direct_of", value, "an adapter that is not there") for value in ODD] + [
    (HOST, "first", value, BRIDGE) for value in ODD] + [(HOST, "behind", value, BRIDGE) for value in ODD] + [
    (HOST, "name", value, "a host bridge has no name") for value in (None, 3)] + [
    (GPU, "host_bridge", value, "a function is below no host bridge") for value in (None, 3, "pci0000:77")] + [
    (GPU, "bdf", value, "a function has no address") for value in (None, 3, "x")] + [
    (GPU, "orphan", value, "whether what is above it is known") for value in (None, 3, "yes")] + [
    (GPU, "bdf", "0000:00:01.1", "its functions are not in order")]
NUMBERS, FLAGS = (-1, 2 ** 40, "x", None, [], 1.5), (None, 3, "yes", [])
# A member of a function, and what it may be: that it says something else is wrong.
UNKNOWN = [(GPU, ("vendor",), value) for value in (*NUMBERS, "0x12345", "10de")] + [
    (GPU, ("header_type",), value) for value in NUMBERS] + [
    (PORT, ("secondary_bus",), value) for value in (*NUMBERS, "0x100")] + [
    (PORT, ("acs", key), value) for key in ("capability", "control", "kernel_control") for value in NUMBERS] + [
    (PORT, ("acs", key), value) for key in ("present", "kernel_present") for value in FLAGS] + [
    (PORT, ("windows", 0, "present"), value) for value in FLAGS] + [
    (GPU, ("iommu_group",), value) for value in ("x", 1.5, [])]
# Lists of numbers: one that is none makes all of them unknown.
LISTS = [("vm-cxl", "dvsec_ids", value) for value in (["x"], [3, -1], [16], [1.5], [None], 3)] + [
    ("generated-desktop", "possible_bytes", value) for value in ([-1], ["x"], [3], [2 ** 20 + 1], [2.5], [2 ** 20, None])]


def at(document, path):
    for key in path:
        document = document[key]
    return document


class Reader:
    def __init__(self, binary, scratch):
        self.binary, self.file = binary, pathlib.Path(scratch) / "tree.json"

    def read(self, document):
        self.file.write_text(json.dumps(document))
        done = subprocess.run([self.binary, "--from", self.file, "tree", "--json"], capture_output=True, text=True,
                              check=False)
        return done.returncode, done.stderr, json.loads(done.stdout) if done.stdout else None


def differences(old, new, path=""):
    """What a document says that the whole one does not; null is not known."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in new.keys() - {"unknown", "reason", "notes"}:
            yield from differences(old.get(key), new[key], f"{path}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, pair in enumerate(zip(old, new)):
            yield from differences(*pair, f"{path}[{index}]")
    elif new is not None and new != old:
        yield path, old, new


def check_refused(reader, whole, row, key, value, sentence):
    document = copy.deepcopy(whole)
    at(document, row)[key] = value
    status, error, _ = reader.read(document)
    assert status == 4 and sentence in error, (row, key, value, status, error)


def check_unknown(reader, whole, row, path, value):
    document = copy.deepcopy(whole)
    at(document, (*row, *path[:-1]))[path[-1]] = value
    status, error, came = reader.read(document)
    assert status == 0, (row, path, value, error)
    for place, old, new in differences(whole, came):
        # A device of which less is known may be called otherwise.
        if not place.endswith((".name", ".class", "_name", ".os_names")):
            raise AssertionError(f"{row} {path} {value!r}: {place}: {old}, then {new}")


def find(value, key, path=()):
    """Where the first list of that name is."""
    for name, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if name == key and below:
            return (*path, name)
        found = find(below, key, (*path, name))
        if found:
            return found
    return None


def check_lists(reader):
    for fixture, key, value in LISTS:
        packed = subprocess.run([sys.argv[1], "--from", FIXTURE.parents[1] / fixture / "tree.tar.xz", "tree", "--json"],
                                capture_output=True, check=True)
        whole = reader.read(json.loads(packed.stdout))[2]
        row, *path = [find(whole, key)[:2], *find(whole, key)[2:]]
        check_unknown(reader, whole, row, path, value)


def main():
    packed = subprocess.run([sys.argv[1], "--from", FIXTURE, "tree", "--json"], capture_output=True, check=True)
    whole = json.loads(packed.stdout)
    with tempfile.TemporaryDirectory() as scratch:
        reader = Reader(sys.argv[1], scratch)
        whole = reader.read(whole)[2]
        for row in REFUSED:
            check_refused(reader, whole, *row)
        for key in ("parent", "physfn", "host_bridge", "depth"):
            document = copy.deepcopy(whole)
            del at(document, GPU)[key]
            assert reader.read(document)[0] == 4, key
        for row in UNKNOWN:
            check_unknown(reader, whole, *row)
        check_lists(reader)
    print(f"{len(REFUSED)} refused, {len(UNKNOWN)} not known")


if __name__ == "__main__":
    main()
