# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests of pasted text share: a text says what the capture says, or that it does not know."""

import json
import subprocess

# What the capture is made of, and why something is not known.
OTHER = {"reason", "unknown", "name", "os_names", "config_bytes", "capabilities_broken", "emulated"}


def run(binary, source, *arguments):
    done = subprocess.run([binary, "--from", source, *arguments], capture_output=True, check=False)
    if done.returncode not in (0, 1):
        return None, done.stderr.decode(errors="replace")
    return json.loads(done.stdout), ""


def differences(capture, text, path=()):
    """Where the text says something else than the capture, and not that it does not know."""
    if path and path[-1] in OTHER or text is None or text == []:
        return
    if isinstance(text, dict) and isinstance(capture, dict):
        for key, value in text.items():
            yield from differences(capture.get(key), value, (*path, key))
    elif isinstance(text, list) and isinstance(capture, list) and len(text) == len(capture):
        for left, right in zip(capture, text):
            yield from differences(left, right, path)
    elif capture != text:
        yield ".".join(path), capture, text


def verdicts(document):
    for pair in document["pairs"]:
        ends = pair["provider"], pair["client"]
        yield (*ends, "kernel"), pair["kernel"]["map_type"]
        for tlp, route in pair["fabric"].items():
            yield (*ends, tlp), route["route"]
