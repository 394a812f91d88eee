#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
Golden cases: run p2ptopo, compare its exit status, output and sentence with what is written.

A file NAME.test holds cases separated by blank lines, each of lines "key: value":
    stdin: what standard input gets, likewise; nothing without it
    from: what --from gets: fixtures/..., captures/..., posts/..., or tmp/... as made by "make"
    make: a shell command that makes files in $TMP from those in $FIXTURES, $POSTS and $CAPTURES
    kernel: the rule set, where the machine does not record a release: without it the newest
        set would be taken, and the case would change with every release of Linux
    run: arguments, as in a shell, with $TMP, $FIXTURES and $POSTS; env: NAME=VALUE for this case, with $TMP
    exit: the status, 0 when not said
    stderr: the one line on stderr, with the path of "from" written as FROM; none when not said
    expect: file with the whole output; nothing may be printed when not said.  JSON, and a JSON
        document on each line, are compared as JSON; unit.json_text holds how it is laid out
    to: where the output goes instead of being compared
What a screen says to type next is run, too.  A release of Linux adds a rule set: what a screen says of all of them stands as NEWEST (the last
one released) and RULESETS (their names).  What a sentence lists of formats and columns stands as FORMATS and
COLUMNS, so that another one changes no case.  Lines that start with # say why.  UPDATE=1 writes what is expected from what came.
"""

import difflib
import functools
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
POSTS = HERE / "posts"
KEYS = {"from", "make", "kernel", "run", "env", "exit", "stderr", "expect", "to",
        "stdin"}
SKIPPED = 77
# Hints that act on the machine itself.
LIVE = r" (fix --undo|policy|prove|refresh|capture|view)\b|\[OPTION| COMMAND |^p2ptopo \d"
RAN = set()
SANITIZERS = {name: os.environ[name] for name in
              ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH")
              if name in os.environ}


class Case:
    def __init__(self, stanza, first):
        self.first = first
        self.lines = stanza
        self.values = {}
        for line in stanza:
            if line.startswith("#"):
                continue
            key, _, value = line.partition(":")
            if key not in KEYS or (key in self.values):
                raise SystemExit(f"line {first}: bad or repeated key in '{line}'")
            self.values[key] = value.strip()
        if "run" not in self.values:
            raise SystemExit(f"line {first}: no run:")

    def get(self, key, otherwise=None):
        return self.values.get(key, otherwise)

    def set(self, key, value):
        """Rewrite, add or (None) drop the line of a key."""
        kept = [line for line in self.lines if not line.startswith(key + ":")]
        if value is not None:
            kept.append(f"{key}: {value}")
        self.lines = kept


def read_cases(path):
    cases, stanza, first = [], [], 1
    for number, line in enumerate(path.read_text().splitlines() + [""], 1):
        if line:
            first = first if stanza else number
            stanza.append(line)
        elif stanza:
            # A stanza of nothing but remarks is a heading.
            if any(not each.startswith("#") for each in stanza):
                cases.append(Case(stanza, first))
            else:
                cases.append(stanza)
            stanza = []
    return cases


def resolve(name, captures, scratch):
    """The path that a name in from: stands for."""
    place, _, rest = name.partition("/")
    roots = {"fixtures": FIXTURES, "captures": captures, "tmp": scratch, "posts": POSTS}
    if place not in roots:
        raise SystemExit(f"from: {name}: starts with none of {', '.join(roots)}")
    return str(pathlib.Path(roots[place]) / rest)


@functools.cache
def newest_rules(binary):
    """The newest released rule set, from the sentence that lists them."""
    said = subprocess.run([binary, "--kernel", "?", "tree"], capture_output=True, text=True,
                          check=False).stderr
    return re.search(r"there are auto .* (\S+) next", said).group(1)


def hide_lists(text):
    """A sentence as it will be when a format or a column is added."""
    text = re.sub(r"(p2ptopo reads; there are )[\w, -]+(, which)", r"\1FORMATS\2", text)
    return re.sub(r"(there is no column '.*'; (?:there are |did you mean '\S+'\? \())[A-Z0-9_%, -]+",
                  r"\1COLUMNS", text)


def hide_rules(text, newest):
    """@text as it will be when a rule set is added."""
    text = re.sub(r"(there are:? auto) [\w. ]+", r"\1 RULESETS", text)
    return re.sub(r'(rule sets +\S+ to |"last": ")' + re.escape(newest) + r"\b", r"\1NEWEST", text)


def run(case, binary, captures, scratch):
    """(exit status, output, what was said on stderr) of one case."""
    where = {"TMP": scratch, "FIXTURES": str(FIXTURES), "POSTS": str(POSTS),
             "CAPTURES": captures or ""}
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TERM": "dumb", "COLUMNS": "80", "LINES": "24"}
    env.update(SANITIZERS)
    if case.get("make"):
        subprocess.run(["/bin/sh", "-ec", case.get("make")], env={**env, **where}, check=True)
    command = [binary]
    if "--pci-ids" not in case.get("run"):
        command += ["--pci-ids", str(FIXTURES / "pci.ids")]
    source = None
    if case.get("from"):
        source = resolve(case.get("from"), captures, scratch)
        command += ["--from", source]
    if case.get("kernel"):
        command += ["--kernel", case.get("kernel")]
    command += [part.replace("$TMP", scratch).replace("$FIXTURES", str(FIXTURES))
                .replace("$POSTS", str(POSTS))
                for part in shlex.split(case.get("run"))]
    for setting in shlex.split(case.get("env", "")):
        name, _, value = setting.partition("=")
        env[name] = value.replace("$TMP", scratch)
    sink_path = case.get("to", os.devnull).replace("$TMP", scratch)
    given = resolve(case.get("stdin"), captures, scratch) if case.get("stdin") else os.devnull
    with open(sink_path, "wb") as sink, open(given, "rb") as stdin:
        done = subprocess.run(command, env=env, stdin=stdin, check=False,
                              stdout=sink if case.get("to") else subprocess.PIPE,
                              stderr=subprocess.PIPE)
    out, err = (done.stdout or b"").decode(), done.stderr.decode()
    out, err = out.replace(binary, "p2ptopo"), err.replace(binary, "p2ptopo")
    if source:
        out, err = out.replace(source, "FROM"), err.replace(source, "FROM")
    for place, name in ((scratch, "TMP"), (str(FIXTURES), "FIXTURES"), (str(POSTS), "POSTS")):
        out, err = out.replace(place, name), err.replace(place, name)
    newest = newest_rules(binary)
    out, err = hide_rules(out, newest), hide_lists(hide_rules(err, newest))
    return done.returncode, out, err


def hints(text):
    """The commands that a screen says to type, each as printed; p2ptopo stands for the binary."""
    found = re.findall(r"(?:^ *|: )(p2ptopo (?:--[\w-]+ )*\S.*)$", text, re.M)
    return [each for each in found if not re.search(LIVE, each)]


def is_idle(hint, screen):
    """Does `fix` have nothing to say of any of the pairs that the hint names?"""
    return " fix " in hint and 0 < screen.count(" <- ") == screen.count("\n  nothing to do: ")


def check_hints(case, out, binary, scratch, source):
    """A hint is a command line that runs: pasted into a shell it answers yes or no, and tells of something to do."""
    good = True
    for hint in hints(out):
        command = hint.replace("FROM", shlex.quote(source) if source else "FROM")
        command = command.replace("FIXTURES", str(FIXTURES)).replace("TMP", scratch)
        if command in RAN:
            continue
        RAN.add(command)
        done = subprocess.run(["/bin/sh", "-c", command.replace("p2ptopo", shlex.quote(binary), 1)],
                              capture_output=True, text=True, check=False,
                              env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", **SANITIZERS})
        if done.returncode not in (0, 1) or not done.stdout:
            complain(case, "a hint that does not run", hint + "\n", done.stderr)
            good = False
        elif is_idle(hint, done.stdout):
            complain(case, "a hint to fix what is fine", hint + "\n", done.stdout)
            good = False
    return good


# Lines to be pasted are not broken; a user who names columns gets them; view has a size of its own.
PASTED = re.compile(r"p2ptopo |setpci|pci=|_acs|GRUB|grubby|rpm-ostree")
CHOSEN = re.compile(r"(^| )(-o|--columns|view|fix --report|--json\S*|--csv|--markdown)( |$)")


def too_wide(text, width):
    return [line for line in text.splitlines()
            if len(re.sub(r"\x1b\[[\d;]*m", "", line)) > width and not PASTED.search(line)]


def check_width(case, out):
    """No line is wider than the screen, of 80 columns at least."""
    said = re.search(r"COLUMNS=(\d+)", case.get("env", ""))
    width = int(said.group(1)) if said else 80
    if width < 80 or CHOSEN.search(case.get("run")) or out[:1] in "{[<":
        return True
    for line in too_wide(out, width):
        complain(case, f"a line wider than {width} columns", "", line + "\n")
        return False
    return True


def complain(case, what, expected, came):
    print(f"line {case.first}: {case.get('run')}: {what}")
    print("".join(difflib.unified_diff(expected.splitlines(True), came.splitlines(True),
                                       "expected", "came")))


def once(pairs):
    """A JSON object, in which no key may come twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key comes twice")
    return made


def documents(text):
    """The JSON documents in a text, in one form each; ValueError when it is something else."""
    if not text.startswith(("{", "[")):
        raise ValueError("not JSON")
    try:
        found = [json.loads(text, object_pairs_hook=once)]
    except json.JSONDecodeError:
        found = [json.loads(line, object_pairs_hook=once) for line in text.splitlines()]
    # As text, since for Python true is 1.
    return [json.dumps(each, sort_keys=True) for each in found]


def is_same(expected, came):
    if expected == came:
        return True
    try:
        return documents(expected) == documents(came)
    except ValueError:
        return False


def check(case, result, folder):
    """True when the result is the expected one."""
    status, out, err = result
    good = True
    if status != int(case.get("exit", "0")):
        complain(case, "exit status", case.get("exit", "0") + "\n", f"{status}\n")
        good = False
    expected = hide_lists(case.get("stderr", ""))
    if err != (expected + "\n" if expected else ""):
        complain(case, "stderr", expected + "\n", err)
        good = False
    expected = ""
    if case.get("expect"):
        golden = folder / case.get("expect")
        expected = golden.read_text() if golden.exists() else ""
    if not is_same(expected, out):
        complain(case, "output", expected, out)
        good = False
    return good


def update(case, result, folder):
    status, out, err = result
    case.set("exit", str(status) if status else None)
    case.set("stderr", err.rstrip("\n") or None)
    if err.count("\n") > 1:
        raise SystemExit(f"line {case.first}: more than one line on stderr:\n{err}")
    if case.get("expect"):
        (folder / case.get("expect")).write_text(out)
    elif out:
        raise SystemExit(f"line {case.first}: output, and no expect: to put it\n{out}")


def stand_in(folder, binary, captures):
    """Links in @folder, so that no line is broken elsewhere where the checkout has a longer path."""
    global FIXTURES, POSTS
    there = {"fixtures": FIXTURES, "posts": POSTS, "p2ptopo": pathlib.Path(binary).resolve()}
    if captures:
        there["captures"] = pathlib.Path(captures).resolve()
    for name, target in there.items():
        (folder / name).symlink_to(target)
    FIXTURES, POSTS = folder / "fixtures", folder / "posts"
    return str(folder / "p2ptopo"), str(folder / "captures") if captures else captures


def needs_captures(case):
    return "captures/" in case.get("from", "") or "$CAPTURES" in case.get("make", "")


def main():
    binary, path, captures = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
    cases = read_cases(path)
    good = True
    if not captures and any(isinstance(case, Case) and needs_captures(case) for case in cases):
        print("skipped: P2PTOPO_CAPTURES names no folder")
        return SKIPPED
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as links:
        binary, captures = stand_in(pathlib.Path(links), binary, captures)
        for case in cases:
            if not isinstance(case, Case):
                continue
            result = run(case, binary, captures, scratch)
            if os.environ.get("UPDATE"):
                update(case, result, path.parent)
            else:
                good &= check(case, result, path.parent)
                good &= case.get("to") is not None or check_width(case, result[1])
                source = case.get("from") and resolve(case.get("from"), captures, scratch)
                good &= check_hints(case, result[1], binary, scratch, source)
    if os.environ.get("UPDATE"):
        stanzas = [case.lines if isinstance(case, Case) else case for case in cases]
        path.write_text("\n\n".join("\n".join(stanza) for stanza in stanzas) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
