#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""examples.py BINARY python|go: the examples that choose a NIC for each GPU, on the document of a fixture
in which some pairs were made to be delivered."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
EXAMPLES = TOP / "contrib/examples"


def build(kind, scratch):
    """The command line of an example, and what its option is called."""
    if kind == "python":
        return [sys.executable, EXAMPLES / "python/gpu-nic-pairs.py"], "--unknown"
    go = shutil.which("go")
    if not go:
        print("skipped: no Go toolchain is installed (Debian: golang-go)")
        sys.exit(77)
    program = f"{scratch}/gpu-nic-pairs"
    environment = {**os.environ, "GOCACHE": f"{scratch}/cache", "GOFLAGS": "-mod=mod", "GOPROXY": "off",
                   "GOTOOLCHAIN": "local", "HOME": scratch}
    for step in ("vet", "build"):
        output = ["-o", program] if step == "build" else []
        subprocess.run([go, step, *output, "."], cwd=EXAMPLES / "go", env=environment, check=True)
    return [program], "-unknown"


def run(command, document, status):
    done = subprocess.run(command, input=json.dumps(document), capture_output=True, text=True, check=False)
    assert done.returncode == status, done
    return [line.split() for line in done.stdout.splitlines()], done.stderr


def row(document, provider, client):
    return next(pair for pair in document["pairs"]
                if (pair["provider"], pair["client"]) == (provider, client))


def main():
    binary, kind = sys.argv[1:]
    fixture = next((TOP / "tests/fixtures/generated-server-epyc").glob("tree.tar*"))
    document = json.loads(subprocess.run([binary, "--from", fixture, "--kernel", "6.1", "export", "complexes"],
                                         capture_output=True, check=True).stdout)
    with tempfile.TemporaryDirectory() as scratch:
        command, option = build(kind, scratch)
        # Nothing is known of the drivers: no GPU gets a NIC; with the option each gets one of its own.
        found, errors = run(command, document, 3)
        assert not found and len(errors.splitlines()) == 8, errors
        found, _ = run([*command, option], document, 0)
        gpus = {member["bdf"]: one["id"] for one in document["complexes"] for member in one["members"]
                if member["class"] == "gpu"}
        assert [(line[0], line[2]) for line in found] == sorted(gpus.items())
        assert len({line[1] for line in found}) == 8 and {line[3] for line in found} == {"unknown"}
        # The better kind before the faster, the faster before the slower, staged never.
        gpu, other, near, far = "0000:13:00.0", "0000:15:00.0", "0000:14:00.0", "0000:16:00.0"
        row(document, gpu, near)["drivers"]["delivered"] = "root-complex"
        row(document, gpu, far)["drivers"]["delivered"] = "direct"
        row(document, gpu, far)["read_gbytes_per_second"] = 1.25
        row(document, other, near)["drivers"]["delivered"] = "staged"
        found, errors = run(command, document, 3)
        assert found == [[gpu, far, "pci0000:10-01.0", "direct", "1.2"]], found
        assert len(errors.splitlines()) == 7 and f"{other}: no NIC" in errors
        # A Data Direct function stands for its adapter; a bandwidth that is not known is none.
        document["complexes"][1]["joined"] = [{"data_direct": far, "adapter": "0000:a1:00.0"}]
        row(document, gpu, far)["write_gbytes_per_second"] = None
        found, _ = run(command, document, 3)
        assert found == [[gpu, "0000:a1:00.0", "pci0000:10-01.0", "direct", "0.0"]], found
        # What is no such document is refused in one line.
        found, errors = run(command, {"format": "p2ptopo-dra", "version": 1}, 1)
        assert not found and errors.count("\n") == 1 and "version 1" in errors
    print(f"{kind}: a NIC for each of {len(gpus)} GPUs")


if __name__ == "__main__":
    main()
