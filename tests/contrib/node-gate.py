#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""p2ptopo-node-check and what goes by it: the Slurm prolog, with a scontrol that only writes down what it
is told, and the plugin of node-problem-detector.  Mismatch and unreadable are kept apart everywhere."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
CONTRIB = TOP / "contrib"
FIXTURES = TOP / "tests/fixtures"
RESULTS = {0: "good", 1: "mismatch", 2: "unreadable"}


class Node:
    """A node whose machine is a fixture."""

    def __init__(self, binary, scratch):
        self.folder = pathlib.Path(scratch)
        self.settings = {"P2PTOPO": str(pathlib.Path(binary).resolve()), "STATE": str(self.folder / "state"),
                         "EXPECT": str(self.folder / "good.json")}
        self.machine("vm-acs-cleared")

    def machine(self, name):
        self.settings["OPTIONS"] = f"--from {next((FIXTURES / name).glob('tree.tar*'))} --kernel 6.1"

    def expect(self, **what):
        pathlib.Path(self.settings["EXPECT"]).write_text(
            json.dumps({"format": "p2ptopo-check", "version": 1, **what}))

    def record(self):
        subprocess.run([self.settings["P2PTOPO"], *self.settings["OPTIONS"].split(), "check", "--record",
                        self.settings["EXPECT"]], check=True, capture_output=True)

    def run(self, program, *arguments, path="", **settings):
        file = self.folder / "settings"
        file.write_text("".join(f"{key}='{value}'\n" for key, value in {**self.settings, **settings}.items()))
        environment = {"PATH": f"{path}:{os.environ['PATH']}", "P2PTOPO_NODE_CHECK_SETTINGS": str(file),
                       "SLURMD_NODENAME": "node7", "COLUMNS": "20"}
        return subprocess.run([program, *arguments], capture_output=True, text=True, check=False,
                              env=environment, timeout=60)

    def check(self, result, said, *arguments, **settings):
        """One line that matches @said, and the exit status of @result."""
        done = self.run(CONTRIB / "p2ptopo-node-check", *arguments, **settings)
        assert RESULTS.get(done.returncode) == result, (done, result)
        assert re.fullmatch(rf"{result}: {said}\n", done.stdout), (done, said)
        return done


NEVER = {"select": {"class": "nvme"}, "expect": {"numa": 77}}


def check_results(node):
    node.record()
    node.check("good", "as .*good.json says")
    node.machine("vm-acs")
    node.check("mismatch", r"\S+ .*expected .*, found .*; \d+ more")
    node.check("good", ".*", ONLY="bar")
    # What only the running machine can tell is unknown of a fixture: no mismatch by itself, and none
    # that hides one.
    node.expect(machine={"gate": "enforce"})
    node.check("unreadable", "gate: expected enforce, found .*")
    node.expect(machine={"gate": "enforce"}, devices=[NEVER])
    node.check("mismatch", r"numa 0000:\S+: expected .*77, found .*")
    node.check("unreadable", ".*no class 'nonsense'.*", ONLY="nonsense")
    node.check("unreadable", ".*missing.json.*", EXPECT=str(node.folder / "missing.json"))
    node.check("unreadable", ".* cannot be run", P2PTOPO=str(node.folder / "missing"))
    slow = node.folder / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    slow.chmod(0o755)
    node.check("unreadable", ".* took longer than 1 s", P2PTOPO=str(slow), LIMIT="1")
    # Text of a file stays text, in one line.
    why = 'a "quoted"\ttext, $(touch no) `x` \\ and "result": "fails"'
    node.expect(devices=[{**NEVER, "why": why}])
    done = node.check("mismatch", ".*")
    assert '$(touch no) `x`' in done.stdout and 'a "quoted"' in done.stdout, done
    node.machine("generated-server-epyc")
    node.expect(devices=[{"select": {"class": "gpu"}, "expect": {"iommu": "off"}, "why": why}])
    node.check("unreadable", "iommu 0000:.*; 7 more")
    node.machine("vm-acs")
    wrong = node.run(CONTRIB / "p2ptopo-node-check", "--every", "often")
    assert wrong.returncode == 2 and "usage" in wrong.stderr and not wrong.stdout


def samples(text):
    return dict(re.fullmatch(r"(\w+(?:\{[^}]*\})?) (\d+)", line).groups()
                for line in text.splitlines() if not line.startswith("#"))


def check_written(node):
    folder = node.folder / "out"
    folder.mkdir()
    where = {"METRICS_DIR": str(folder), "FEATURES_DIR": str(folder)}
    node.expect(devices=[NEVER])
    node.check("mismatch", "numa .*", "--write", **where)
    found = samples((folder / "p2ptopo_check.prom").read_text())
    assert [found[f'p2ptopo_check_result{{result="{name}"}}'] for name in RESULTS.values()] == ["0", "1", "0"]
    assert found["p2ptopo_check_exit_status"] == "17"
    assert found['p2ptopo_check_findings{class="numa",result="fails"}'] == "3"
    assert abs(int(found["p2ptopo_check_timestamp_seconds"]) - time.time()) < 60
    assert "p2ptopo_shape_info" in (folder / "p2ptopo.prom").read_text()
    lines = (folder / "p2ptopo-check").read_text().splitlines()
    assert re.fullmatch(r"# \+expiry-time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", lines[0]), lines
    assert lines[1:] == ["p2ptopo.dev/check=mismatch", "p2ptopo.dev/check.class=numa"]
    assert "p2ptopo.dev/rules=6.1" in (folder / "p2ptopo").read_text()
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o644}
    assert len(list(folder.iterdir())) == 4
    # A folder that is not there: said, no longer good, and the rest is written.
    node.expect(devices=[])
    node.check("good", ".*", "--write", **where)
    assert "check=good" in (folder / "p2ptopo-check").read_text()
    done = node.run(CONTRIB / "p2ptopo-node-check", "--write", FEATURES_DIR=str(folder),
                    METRICS_DIR=str(folder / "missing"))
    assert done.returncode == 2 and done.stdout.startswith("good: ") and "missing: not written" in done.stderr
    done = node.run(CONTRIB / "p2ptopo-node-check", "--write", **where, MEASURED=str(node.folder / "missing"))
    assert done.returncode == 2 and "missing: No such file" in done.stderr, done
    assert node.folder.joinpath("state").read_text().splitlines()[1] == "good"


def check_loop(node):
    """--every goes on until it is told to end, and then ends at once, with what it started."""
    file = node.folder / "settings"
    with subprocess.Popen([CONTRIB / "p2ptopo-node-check", "--every", "45"], stdout=subprocess.PIPE, text=True,
                          env={**os.environ, "P2PTOPO_NODE_CHECK_SETTINGS": str(file)}) as loop:
        assert loop.stdout.readline()
        # The line comes before the trap waits in the background.
        time.sleep(0.2)
        loop.terminate()
        assert loop.wait(10) == 0
        # Whoever is left would hold the pipe.
        assert loop.communicate(timeout=10)[0] == ""


def check_prolog(node):
    stubs = node.folder / "stubs"
    stubs.mkdir()
    told = node.folder / "told"
    for name, code in (("scontrol", f"printf '%s\\n' \"$@\" >>{told}"), ("logger", ":")):
        (stubs / name).write_text(f"#!/bin/sh\n{code}\n")
        (stubs / name).chmod(0o755)
    (stubs / "p2ptopo-node-check").symlink_to(CONTRIB / "p2ptopo-node-check")

    def prolog(code, reason, **settings):
        told.unlink(missing_ok=True)
        done = node.run(CONTRIB / "slurm/p2ptopo-prolog", path=str(stubs), **settings)
        assert done.returncode == code, done
        said = told.read_text().splitlines() if told.exists() else []
        if reason:
            assert said[:3] == ["update", "NodeName=node7", "State=DRAIN"] and len(said) == 4, said
            assert re.fullmatch(f"Reason=p2ptopo {reason}", said[3]), said
        else:
            assert not said, said
        return done

    node.expect(devices=[])
    prolog(0, None)
    node.expect(devices=[{**NEVER, "why": "a \"reason\" of ours"}])
    prolog(1, "mismatch: numa .*")
    missing = str(node.folder / "missing.json")
    prolog(0, None, EXPECT=missing)
    prolog(1, "unreadable: .*missing.json.*", EXPECT=missing, ON_UNREADABLE="drain")
    prolog(1, "unreadable: .* cannot be run", P2PTOPO=missing, ON_UNREADABLE="drain")
    (stubs / "scontrol").write_text("#!/bin/sh\nexit 1\n")
    assert "the reason would have been" in prolog(1, None).stderr
    (stubs / "p2ptopo-node-check").unlink()
    prolog(0, None)


def check_npd(node):
    plugin = CONTRIB / "node-problem-detector/p2ptopo-npd"
    state = node.folder / "state"

    def ask(code, said, text):
        state.unlink(missing_ok=True)
        if text is not None:
            state.write_text(text)
        done = subprocess.run([plugin, state], capture_output=True, text=True, check=False)
        assert done.returncode == code and re.fullmatch(f"{said}\n", done.stdout) and not done.stderr, done

    now = int(time.time())
    ask(0, "fine", f"{now}\ngood\nfine\n")
    ask(1, r"acs 0000:12:00.0: expected \\x, found y", f"{now}\nmismatch\nacs 0000:12:00.0: expected \\x, found y\n")
    ask(2, "no file", f"{now}\nunreadable\nno file\n")
    ask(2, "the last check is .* s old", f"{now - 4000}\ngood\nfine\n")
    for text in (None, "", f"{now}\ngood\n", "soon\ngood\nfine\n"):
        ask(2, ".* (is not there or not whole|does not say when it was written)", text)
    # The state that the check writes is what the plugin reads.
    node.expect(devices=[NEVER])
    done = node.check("mismatch", ".*", "--write")
    ask(1, re.escape(done.stdout.strip().split(": ", 1)[1]), state.read_text())


def main():
    with tempfile.TemporaryDirectory() as scratch:
        node = Node(sys.argv[1], scratch)
        for step in (check_results, check_written, check_loop, check_prolog, check_npd):
            step(node)
    print("check, what it writes, prolog and plugin keep the classes apart")


if __name__ == "__main__":
    main()
