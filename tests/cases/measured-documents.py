#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every sample of another tool's output makes a document that its schema describes, and the same bytes
twice; what a text holds reaches no terminal as it is."""
import json
import pathlib
import subprocess
import sys

from validator import jsonschema

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
# Samples beside the machine they were written for; one of Intel's GPUs has none.
MACHINES = {"rocm-bandwidth-test.txt": "generated-desktop", "transferbench.txt": "generated-desktop",
            "rocm-smi.txt": "generated-desktop", "amd-smi.json": "generated-desktop",
            "gdscheck.txt": "generated-workstation", "xpu-smi.txt": None}
HOSTILE = "\tGPU0\tmlx5_\x1b]0;owned\x07\u202ex\nGPU0\t X \tPIX\nmlx5_0\tPIX\t X \n"


def call(binary, *arguments, text=None):
    return subprocess.run([binary, "--kernel", "7.3", *arguments], input=text, capture_output=True,
                          check=False)


def main():
    binary = sys.argv[1]
    schema = json.loads(call(binary, "measured", "--json-schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in sorted((FIXTURES / "measured").iterdir()):
        machine = MACHINES.get(path.name, "generated-server-epyc-redirect")
        if path.name in ("README", "nccl-topology.xml") or not machine:
            continue
        words = ["--from", str(FIXTURES / machine / "tree.tar.xz"), "measured", "--json"]
        done, again = call(binary, *words, str(path)), call(binary, *words, str(path))
        assert done.returncode in (0, 1), f"{path.name}: {done.stderr.decode()}"
        assert done.stdout == again.stdout, path.name
        document = json.loads(done.stdout)
        validator.validate(document)
        surprises = any(figure["surprising"] for figure in document["figures"])
        assert done.returncode == surprises, f"{path.name}: status {done.returncode}"
        piped = call(binary, *words, "-", text=path.read_bytes())
        assert piped.stdout == done.stdout.replace(str(path).encode(), b"standard input"), path.name
    done = call(binary, "--from", str(FIXTURES / "generated-server-epyc-redirect" / "tree.tar.xz"),
                "measured", "-", text=HOSTILE.encode())
    for output in (done.stdout, done.stderr):
        assert not any(byte < 0x20 and byte != 0x0a or byte == 0x7f for byte in output), output
        assert "\u202e" not in output.decode(), output
    return 0


if __name__ == "__main__":
    sys.exit(main())
