#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The DaemonSet's container without a daemon: a root that has what the image has, in which root without
any capability, and then somebody else, runs the entry point.  The host's sysfs is that of a fixture."""
import ctypes
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38
TOOLS = ("sh", "awk", "basename", "cat", "chmod", "date", "dirname", "env", "grep", "head", "mv", "rm", "sed",
         "sleep", "sort", "timeout")


def copy(path, root, name=None):
    target = root / (name or str(path).lstrip("/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copy(os.path.realpath(path), target)


def fill(root, binary):
    """Programs and the libraries that they are linked with, as the image has them."""
    with tarfile.open(next((TOP / "tests/fixtures/generated-server-epyc").glob("tree.tar*"))) as tree:
        tree.extractall(root)
    copy(binary, root, "usr/bin/p2ptopo")
    copy(TOP / "contrib/p2ptopo-node-check", root, "usr/bin/p2ptopo-node-check")
    for tool in TOOLS:
        copy(shutil.which(tool), root, f"bin/{tool}")
    for program in [binary, *(shutil.which(tool) for tool in TOOLS)]:
        linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+) \(0x", linked):
            copy(library, root)
    for folder in ("etc/p2ptopo", "run/p2ptopo-check", "host/metrics", "host/features.d", "dev", "tmp"):
        (root / folder).mkdir(parents=True)
    (root / "dev/null").touch()


def confine(root, user):
    """As the container's process begins: in its root, with no capability."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    os.chroot(root)
    os.chdir("/")
    for capability in range(64):
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def enter(root, user, *command, **settings):
    environment = {"PATH": "/usr/bin:/bin", "OPTIONS": "--kernel 6.1", "METRICS_DIR": "/host/metrics",
                   "FEATURES_DIR": "/host/features.d", **settings}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60,
                          preexec_fn=lambda: confine(root, user))


def check(root, user, result):
    done = enter(root, user, "/usr/bin/p2ptopo-node-check", "--write")
    assert done.stdout.startswith(f"{result}: ") and done.stdout.count("\n") == 1, done
    assert (root / "run/p2ptopo-check/state").read_text().splitlines()[1] == result
    assert "p2ptopo_shape_info" in (root / "host/metrics/p2ptopo.prom").read_text()
    assert f"p2ptopo.dev/check={result}" in (root / "host/features.d/p2ptopo-check").read_text()
    return (root / "host/metrics/p2ptopo.prom").read_text()


def expect(root, **what):
    (root / "etc/p2ptopo/good.json").write_text(json.dumps({"format": "p2ptopo-check", "version": 1, **what}))


def main():
    if os.getuid() or not shutil.which("ldd"):
        print("skipped: not root, so no chroot")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        root.chmod(0o755)
        fill(root, sys.argv[1])
        # It is the live machine there, and its devices are the fixture's.
        expect(root, devices=[{"select": {"class": "gpu"}, "count": 8, "expect": {"link": "full"}}])
        (root / "host/metrics/p2ptopo_check.prom").symlink_to("/etc")
        metrics = check(root, 0, "good")
        assert "p2ptopo_check_result" in (root / "host/metrics/p2ptopo_check.prom").read_text()
        assert "p2ptopo_gate_loaded 0" in metrics
        expect(root, devices=[{"select": {"class": "gpu"}, "count": 9, "expect": {"link": "full"}}])
        check(root, 0, "mismatch")
        # A module that is loaded, and a container without its node: nobody says that it is not loaded.
        (root / "sys/module/p2pgate").mkdir(parents=True)
        expect(root, machine={"gate": "not loaded"})
        assert "p2ptopo_gate" not in check(root, 0, "unreadable")
        # Somebody else, who owns the three folders.
        for folder in ("run/p2ptopo-check", "host/metrics", "host/features.d"):
            for path in (root / folder, *(root / folder).iterdir()):
                os.chown(path, 65534, 65534)
        check(root, 65534, "unreadable")
    print("root without capabilities, and nobody, run the check in the container's root")


if __name__ == "__main__":
    main()
