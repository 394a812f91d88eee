#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every JSON document is what its schema says, on every capture; twice the same bytes."""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import captures
from validator import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
SCHEMAS = HERE.parent.parent / "src" / "p2ptopo" / "schemas"
DOCUMENTS = ["report", "tree", "topo", "matrix", "pairs", "path", "near", "address",
             "fix", "what-if", "sources"]
# Checking a schema pair by pair takes too long on the largest captures.
MOST_PAIRS = 2_500
# Of rows that differ in nothing but digits a schema is shown the first few; of every fourth machine, all.
MOST_ALIKE = 3
DIGITS = re.compile(r"\b[0-9a-f]*[0-9][0-9a-f]*\b")
# Formats that --from was seen to refuse.
REFUSED = set()


def call(binary, *arguments, status=(0,)):
    env = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run([binary, *arguments], env=env, capture_output=True, check=False)
    if done.returncode not in status or done.stderr:
        raise SystemExit(f"{' '.join(arguments)}: {done.returncode} {done.stderr.decode()}")
    return done.stdout


def documents():
    """All that are no definitions."""
    return sorted(path for path in SCHEMAS.rglob("*.json") if "defs" not in path.parts)


def schemas(binary):
    """The schemas as the command prints them; definitions of one name are the same in all."""
    found, definitions = {}, {}
    for name in DOCUMENTS:
        schema = json.loads(call(binary, name, "--json-schema"))
        merged = pathlib.Path(binary).resolve().parent / "schemas" / f"{name}.json"
        assert schema == json.loads(merged.read_text()), f"{name}: not what is installed"
        jsonschema.Draft202012Validator.check_schema(schema)
        for key, value in schema.get("$defs", {}).items():
            assert definitions.setdefault(key, value) == value, f"{name}: another {key}"
        found[name] = jsonschema.Draft202012Validator(schema)
    return found


def check_definitions(binary):
    """What several schemas use stands once, in defs/; each schema that is built stands alone."""
    shared = {path.stem: json.loads(path.read_text()) for path in (SCHEMAS / "defs").rglob("*.json")}
    used = set()
    for path in documents():
        own = json.loads(path.read_text()).get("$defs", {})
        merged = (pathlib.Path(binary).resolve().parent / "schemas" / path.name).read_text()
        definitions = json.loads(merged).get("$defs", {})
        for name, value in own.items():
            assert shared.get(name) != value, f"{path.name}: {name} stands in defs/ as well"
        for name in re.findall(r'"#/\$defs/(\w+)"', merged):
            assert name in definitions, f"{path.name}: no {name}"
        used |= set(definitions) - set(own)
    assert used == set(shared), f"used by none: {set(shared) - used}"


def check_headers():
    """Every document about a machine may say that its registers are what root saved."""
    for path in documents():
        properties = json.loads(path.read_text()).get("properties", {})
        assert "rules_note" not in properties or "registers_saved_at" in properties, path


def few(value):
    """@value with no more than MOST_ALIKE rows of a kind in a long list."""
    if isinstance(value, dict):
        return {key: few(each) for key, each in value.items()}
    if not isinstance(value, list) or len(value) < 20:
        return value
    kinds, kept = collections.Counter(), []
    for row in value:
        kind = DIGITS.sub("0", json.dumps(row))
        kinds[kind] += 1
        if kinds[kind] <= MOST_ALIKE:
            kept.append(few(row))
    return kept


def validate(validator, document, what):
    error = next(validator.iter_errors(document), None)
    if error:
        raise SystemExit(f"{what}: {list(error.path)}: {error.message[:500]}")


def ends(binary, source):
    """Two functions to ask path, near and fix about."""
    rows = call(binary, "--from", source, "--json", "matrix", "--all")
    groups = json.loads(rows)["groups"]
    members = [member["bdf"] for group in groups for member in group["members"]]
    return (members[0], members[-1], len(members)) if members else (None, None, 0)


def check_lines(binary, source, document):
    """--jsonl is the same as --json: a header without a provider, then the rows."""
    lines = [json.loads(line) for line in
             call(binary, "--from", source, "pairs", "--all", "--jsonl").splitlines()]
    assert "provider" not in lines[0]
    assert {**lines[0], "pairs": lines[1:]} == document, f"{source}: --jsonl is not --json"


def check_refusal(binary, document):
    """Of our own documents --from reads one, and says what another is and which to use."""
    if document["format"] == "p2ptopo-tree" or document["format"] in REFUSED:
        return
    REFUSED.add(document["format"])
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(document, file)
        file.flush()
        done = subprocess.run([binary, "--from", file.name, "report"], capture_output=True,
                              text=True, check=False)
    assert done.returncode == 4 and not done.stdout, done
    assert f"a {document['format']} document" in done.stderr and "tree --json" in done.stderr, done


def check_capture(binary, source, validators, every_row):
    one, other, count = ends(binary, source)
    arguments = {"report": [], "tree": [], "matrix": ["--all"], "sources": [], "address": ["0x90000000"]}
    if one:
        arguments["path"] = [one, other]
        if one != other:
            arguments["fix"] = [one, other]
        arguments["near"] = [one, "--all"] if count < 100 else [one]
    if count * count <= MOST_PAIRS:
        arguments["pairs"] = ["--all"]
        arguments["topo"] = []
        arguments["what-if"] = ["--all", "iommu=on", "acs=all,ReqRedir-,CmpltRedir-"]
    for name, rest in arguments.items():
        command = ["--from", source, "--json", name, *rest]
        status = (0, 1) if name in ("path", "address", "fix") else (0,)
        text = call(binary, *command, status=status)
        assert text == call(binary, *command, status=status), f"{source}: {name}: other bytes"
        document = json.loads(text)
        validate(validators[name], document if every_row else few(document), f"{source}: {name}")
        assert document["format"] == f"p2ptopo-{name}"
        check_refusal(binary, document)
        if name == "pairs":
            check_lines(binary, source, document)


def main():
    binary, folder = sys.argv[1], sys.argv[2]
    validators = schemas(binary)
    check_headers()
    check_definitions(binary)
    sources = captures.found(folder)
    assert sources, "no fixture"
    with tempfile.TemporaryDirectory() as scratch:
        for number, path in enumerate(sources):
            check_capture(binary, captures.plain(path, scratch), validators, number % 4 == 0)
    print(f"{len(sources)} captures, {len(validators)} schemas")


if __name__ == "__main__":
    main()
