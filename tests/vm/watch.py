#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""watch.py P2PTOPO FILE...: what watch wrote in a guest is what its schema says; what came and went is told once each."""
import collections
import json
import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "cases"))
from validator import jsonschema    # noqa: E402


def check(path, validator):
    lines = [json.loads(line) for line in open(path)]
    assert lines and lines[0]["event"] == "start", f"{path}: does not start with what is watched"
    generation, there = 1, None
    for line in lines:
        error = next(validator.iter_errors(line), None)
        assert not error, f"{path}: {line}: {error and error.message}"
        assert line["generation"] >= generation, f"{path}: {line}: a generation that goes back"
        generation = line["generation"]
    there = collections.Counter()
    for line in lines:
        if line["event"] in ("added", "removed"):
            there[line["bdf"]] += 1 if line["event"] == "added" else -1
            assert there[line["bdf"]] in (0, 1), f"{path}: {line}: told twice"
    counts = collections.Counter(line["event"] for line in lines)
    print(f"{path}: {dict(counts)}")
    return counts


def main():
    tool, *files = sys.argv[1:]
    schema = json.loads(subprocess.run([tool, "watch", "--json-schema"], check=True,
                                       capture_output=True).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in files:
        check(path, validator)


main()
