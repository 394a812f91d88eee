#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The text of the real lspci, of every captured tree and dump, in every form: each fact and each verdict
is that of the capture itself, or unknown; and -vvv of root gives every verdict of the kernel.  The same
of several pieces at once, and of a pick of functions.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from lspci import dumps, trees
from pasted import differences, run, verdicts

FORMS = [["-D", "-vvv", "-nn"], ["-vv"], ["-v", "-nn", "-k"], ["-nn"], ["-n", "-D"], ["-k"],
         ["-vvv", "-xxx"], ["-v", "-x"], ["-tvnn"], ["-mm"], ["-vmm", "-nn", "-D"]]
PLACE = {"orphan", "host_bridge", "parent", "depth"}
# Of the forms that are not judged, one in TURNS for each machine, and all of them on some.
TURNS = 3
# Pieces of one machine; with -d only functions of one class, bridges or what is below them.
PIECES = [[["-tvnn"], ["-v", "-nn"]], [["-k"], ["-t"], ["-vv"]], [["-vvvnn", "-d", "::0604"]],
          [["-vvvnn", "-d", "::0108"], ["-vvvnn", "-d", "::02"]]]
JOINED = ("vm-switch2", "vm-sriov", "generated-sriov")
JUDGED = (FORMS[0], FORMS[2])


def is_allowed(form, key, facts):
    """What no form can show and no fact says that it is missing."""
    # A list without -v has no interface, and no subsystem.
    if not any(option.startswith("-v") for option in form) and \
            key in ("class_code", "class_name", "subsystem_vendor", "subsystem_device"):
        return True
    # Without bus numbers it is an orphan, and nothing is said of what is above it.
    if facts["orphan"] and key in PLACE:
        return True
    # Only the register has the bit of a function without visible siblings, and of a VF.
    if key == "multifunction":
        return True
    # One without a vendor is not shown.
    if key == "subsystem_device" and not int(facts["subsystem_vendor"] or "0", 16):
        return True
    # Without ids it is that of the name alone, and a tree names none.
    return key == "class" and facts["class_code"] is None


def compare_functions(source, form, capture, text):
    wrong = 0
    known = {facts["bdf"]: facts for facts in capture["functions"]}
    for facts in text["functions"]:
        for key, was, came in differences(known[facts["bdf"]], facts):
            if is_allowed(form, key, facts):
                continue
            print(f"{source} {' '.join(form)}: {facts['bdf']}: {key}: {was}, from text {came}")
            wrong += 1
    return wrong


def has_sizes(output):
    """From the kernel, which is not there when lspci reads a dump."""
    return re.search(rb"Region \d: .*\[size=", output) is not None


def compare_windows(source, form, capture, text, output):
    """Since 3.8.0 lspci has windows from the kernel, with a width; then all are known that the kernel knows."""
    if form != FORMS[0] or b"-bit]" not in output or not has_sizes(output):
        return 0
    wrong = 0
    known = {facts["bdf"]: facts["windows"] for facts in capture["functions"]}
    for facts in text["functions"]:
        for was, came in zip(known[facts["bdf"]] or [], facts["windows"] or []):
            if was["present"] is not None and came["present"] is None:
                print(f"{source} {' '.join(form)}: {facts['bdf']}: a window is not known")
                wrong += 1
    return wrong


def compare_pairs(source, form, capture, registers, text):
    """@registers: the verdicts of a hex dump, which has all registers and nothing else"""
    wrong = equal = lost = 0
    known, decided = dict(verdicts(capture)), dict(verdicts(registers))
    for key, came in verdicts(text):
        was = known.get(key, came)
        if was == came:
            equal += 1
            continue
        must = "-vvv" in form and key[2] == "kernel" and decided.get(key) == was
        lost += came == "unknown"
        if must or came != "unknown":
            print(f"{source} {' '.join(form)}: {key}: {was}, from text {came}")
            wrong += 1
    return wrong, equal, lost


def text_of(form, arguments):
    return subprocess.run(["lspci", *form, *arguments], capture_output=True, check=False).stdout


def dress(text):
    """As it comes in a mail from a terminal: quoted, coloured, with a prompt, in a fence."""
    lines = [b"```", b"\x1b[01;32mroot@host\x1b[0m:~# lspci -vvv", *text.split(b"\n"), b"```"]
    return b"\r\n".join(b"> " + line for line in lines)


def same_functions(left, right):
    return left and right and left["functions"] == right["functions"]


def read_text(binary, file, output):
    file.write_bytes(output)
    return run(binary, str(file), "tree", "--json")


def judge(binary, source):
    return run(binary, source, "--kernel", "6.12", "pairs", "--all", "--json")[0]


def check_form(binary, source, form, arguments, file, captured):
    capture, pairs, registers = captured
    output = text_of(form, arguments)
    text, said = read_text(binary, file, output)
    if text is None:
        print(f"{source} {' '.join(form)}: {said}")
        return 1, 0, 0
    wrong, equal, lost = compare_functions(source, form, capture, text), 0, 0
    wrong += compare_windows(source, form, capture, text, output)
    if form in JUDGED:
        # Two speeds decide whether a PCI-X bridge has extended space, and lspci leaves them out.  On a machine
        # it shows what is there; of a dump, which has no sizes, nobody knows whether all was dumped.
        if b"PCI-X bridge" in output and not has_sizes(output):
            registers = {"pairs": []}
        more, equal, lost = compare_pairs(source, form, pairs, registers, judge(binary, str(file)))
        wrong += more
    if form == FORMS[0]:
        dressed, _ = read_text(binary, file, dress(output))
        if not dressed or dressed["functions"] != text["functions"]:
            print(f"{source}: quoted, it is another machine")
            wrong += 1
    return wrong, equal, lost


def forms_of(turn):
    return [form for place, form in enumerate(FORMS) if form in JUDGED or (place + turn) % TURNS == 0]


def check(binary, source, arguments, file, turn):
    capture, said = run(binary, source, "tree", "--json")
    if capture is None:
        print(f"{source}: {said}")
        return 1, 0, 0
    file.write_bytes(text_of(["-D", "-xxxx"], arguments))
    captured = capture, judge(binary, source), judge(binary, str(file))
    done = [check_form(binary, source, form, arguments, file, captured) for form in forms_of(turn)]
    return tuple(map(sum, zip(*done)))


def check_agreement(binary, source, arguments, scratch):
    """The registers and the whole text of one machine do not contradict each other."""
    file = scratch / "whole"
    file.write_bytes(text_of(FORMS[0], arguments))
    document, said = run(binary, source, "--from", str(file), "sources", "--json")
    for conflict in (document or {"contradictions": [said]})["contradictions"]:
        print(f"{source} and its text: {conflict}")
    return not document or len(document["contradictions"])


def check_pieces(binary, source, arguments, scratch):
    capture, pairs = run(binary, source, "tree", "--json")[0], judge(binary, source)
    wrong = equal = lost = 0
    for forms in PIECES:
        texts = [text_of(form, arguments) for form in forms]
        files = [scratch / f"piece-{number}" for number in range(len(texts))]
        for file, text in zip(files, texts):
            file.write_bytes(text)
        more = [word for file, text in zip(files[1:], texts[1:]) if text
                for word in ("--from", str(file))]
        if not texts[0]:
            continue
        text, said = run(binary, str(files[0]), *more, "tree", "--json")
        form = ["-v", "pieces"]
        if text is None:
            print(f"{source} {forms}: {said}")
            return 1, 0, 0
        judged = run(binary, str(files[0]), *more, "--kernel", "6.12", "pairs", "--all", "--json")[0]
        found = compare_pairs(source, form, pairs, {"pairs": []}, judged)
        wrong += compare_functions(source, form, capture, text) + found[0]
        equal, lost = equal + found[1], lost + found[2]
    return wrong, equal, lost


def main():
    binary, captures = sys.argv[1], sys.argv[2]
    wrong = equal = lost = 0
    with tempfile.TemporaryDirectory() as scratch:
        sources = list(trees(scratch)) + (list(dumps(captures)) if captures else [])
        for turn, (source, arguments) in enumerate(sources):
            more = check(binary, source, arguments, pathlib.Path(scratch) / "pasted.txt", turn)
            if pathlib.Path(source).name in JOINED:
                pieces = check_pieces(binary, source, arguments, pathlib.Path(scratch))
                more = tuple(map(sum, zip(more, pieces)))
                wrong += check_agreement(binary, source, arguments, pathlib.Path(scratch))
            wrong, equal, lost = wrong + more[0], equal + more[1], lost + more[2]
    print(f"{equal} verdicts as the captures have them, {lost} unknown from text, {wrong} wrong")
    return wrong > 0 or equal == 0


if __name__ == "__main__":
    sys.exit(main())
