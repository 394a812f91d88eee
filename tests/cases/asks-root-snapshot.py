#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports without sudo.  On this very machine: what a user is told with root's snapshot is what root is told, and without
one it is said how to get it; a snapshot that is not root's alone to write is refused; --no-snapshot does without."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

SKIPPED = 77
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def call(*words, user=(), status=0):
    done = subprocess.run([*user, *words], capture_output=True, text=True, check=False,
                          env={**os.environ, "LC_ALL": "C"})
    assert done.returncode == status, f"{words}: {done.returncode} {done.stderr}"
    return done.stdout, done.stderr


def pairs(tool, *options, user=()):
    out, said = call(tool, *options, "pairs", "--all", "--json", user=user)
    return json.loads(out), said


def tree(tool, *options, user=()):
    out, _ = call(tool, *options, "tree", "--json", user=user)
    return json.loads(out)


def check_snapshot(tool, folder):
    where = ["--run-dir", str(folder)]
    alone, said = pairs(tool, *where, user=NOBODY)
    assert "there is no snapshot from root" in said and "p2ptopo refresh" in said, said
    assert said.count("\n") == 1 and "registers_saved_at" not in alone, said
    call(tool, "refresh", *where)
    assert (folder / "snapshot.tar.gz").stat().st_mode & 0o777 == 0o644
    mine, said = pairs(tool, *where, user=NOBODY)
    assert "as root read them" in said and said.count("\n") == 1, said
    assert mine.pop("registers_saved_at").endswith("Z")
    root, said = pairs(tool, *where)
    assert not said, said
    assert mine == root, "another answer without root"
    registers = tree(tool, *where, user=NOBODY)
    registers.pop("registers_saved_at")
    assert len(registers["functions"]) == len(tree(tool, *where)["functions"])
    without, said = pairs(tool, *where, "--no-snapshot", user=NOBODY)
    assert "--no-snapshot" in said and without == alone, said


def check_trust(tool, folder):
    where = ["--run-dir", str(folder)]
    snapshot = folder / "snapshot.tar.gz"
    for spoil, mend, why in ((lambda: snapshot.chmod(0o666), lambda: snapshot.chmod(0o644), "it can be written to by others"),
                             (lambda: os.chown(snapshot, 65534, 0), lambda: os.chown(snapshot, 0, 0), "it does not belong to root"),
                             (lambda: folder.chmod(0o777), lambda: folder.chmod(0o755), "its folder can be written to by others"),
                             (lambda: os.chown(folder, 65534, 0), lambda: os.chown(folder, 0, 0), "its folder does not belong to root")):
        spoil()
        _, said = pairs(tool, *where, user=NOBODY)
        assert f"not trusted: {why}" in said, said
        mend()
    kept = snapshot.rename(folder / "kept")
    os.mkfifo(snapshot)
    _, said = pairs(tool, *where, user=NOBODY)
    assert "not trusted: it is not a regular file" in said, said
    kept.replace(snapshot)
    snapshot.chmod(0o600)
    _, said = pairs(tool, *where, user=NOBODY)
    assert "Permission denied" in said, said
    snapshot.chmod(0o644)
    whole = snapshot.read_bytes()
    snapshot.write_bytes(whole[:len(whole) // 2])
    _, said = pairs(tool, *where, user=NOBODY)
    assert "snapshot.tar.gz" in said and "as root read them" not in said, said
    snapshot.write_bytes(whole)
    assert "as root read them" in pairs(tool, *where, user=NOBODY)[1]


def check_refusals(tool, folder):
    where = ["--run-dir", str(folder)]
    _, said = call(tool, "refresh", *where, user=NOBODY, status=3)
    assert "only root" in said, said
    missing = folder / "not" / "there"
    _, said = call(tool, "refresh", "--run-dir", str(missing), status=4)
    assert "No such file" in said, said
    snapshot = folder / "snapshot.tar.gz"
    saved = snapshot.read_bytes()
    for make in (os.mkfifo, os.mkdir, lambda path: os.symlink("/nonexistent", path)):
        snapshot.unlink()
        make(snapshot)
        _, said = call(tool, "refresh", *where, status=3)
        assert "cannot be written" in said, said
        (os.rmdir if snapshot.is_dir() else os.unlink)(snapshot)
        snapshot.write_bytes(saved)
    (folder / "asked").touch()
    call(tool, "refresh", "--settle", *where)
    assert not (folder / "asked").exists()
    assert not [name for name in os.listdir(folder) if name.startswith(".")]


def check_root(tool, folder):
    """Root that may not read everything is told why, and not to become root."""
    where = ["--run-dir", str(folder / "none")]
    for user, why in ((["setpriv", "--bounding-set=-sys_admin"], "no CAP_SYS_ADMIN"), (["unshare", "-Ur"], "user namespace")):
        if subprocess.run([*user, "true"], check=False, stderr=subprocess.DEVNULL).returncode:
            print(f"{user[0]} is not permitted here")
            continue
        capture = ["capture", "--force", str(folder / "root.tar")]
        for command in (["pairs"], ["report"], capture):
            out, said = call(tool, *([] if command is capture else where), *command, user=user)
            told = out + said
            assert "sudo" not in told and "run it as root" not in told and "without root" not in told, told
            assert why in " ".join(told.split()), told
        (folder / "root.tar").unlink()
    for command in (["pairs"], ["report"]):
        out, said = call(tool, *where, *command, user=NOBODY)
        assert "run it as root, or have root run p2ptopo refresh" in said and "namespace" not in out + said, said


def check_journal(tool, folder):
    """An error is one in the journal, too, when that reads what is said."""
    reading, writing = os.pipe()
    status = os.fstat(writing)
    subprocess.run([tool, "refresh", "--run-dir", str(folder / "not" / "there")], stderr=writing,
                   env={**os.environ, "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"})
    os.close(writing)
    said = os.read(reading, 4096).decode()
    assert said.startswith("<3>p2ptopo: "), said


def check_watch(tool, folder):
    """It starts with what is watched, and ends well by a signal and when nobody reads."""
    command = [tool, "watch", "--jsonl", "--interval", "0", "--run-dir", str(folder)]
    for number in (signal.SIGINT, signal.SIGTERM, None):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = json.loads(process.stdout.readline())
        assert line["event"] == "start" and line["generation"] == 1, line
        if number:
            process.send_signal(number)
        else:
            process.stdout.close()
        assert process.wait(timeout=20) == 0, f"{number}: {process.returncode}"


def main():
    tool = sys.argv[1]
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        print("skipped: it takes root to leave a snapshot, and setpriv to be somebody else")
        return SKIPPED
    if not os.path.isdir("/sys/bus/pci/devices") or not os.listdir("/sys/bus/pci/devices"):
        print("skipped: this machine has no PCI")
        return SKIPPED
    # A user must reach the program, which may lie in a home folder.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        run_dir = folder / "run"
        run_dir.mkdir(mode=0o755)
        here = folder / "p2ptopo"
        shutil.copy(tool, here)
        if subprocess.run([*NOBODY, str(here), "--version"], check=False).returncode:
            print("skipped: another user cannot run the program here")
            return SKIPPED
        for check in (check_snapshot, check_trust, check_refusals, check_root, check_journal, check_watch):
            check(str(here), run_dir)
    print("users without root are told what root is told")
    return 0


sys.exit(main())
