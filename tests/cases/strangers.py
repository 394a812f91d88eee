#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What other users put where a file is to be written.  As root, a stranger and a third user: a command refuses, with status 3
and one sentence, what a stranger may have put into a folder that others may write to, and his links to what is not his;
nothing is written then, wherever a link leads and whatever is swapped meanwhile.  What is the user's own is written.

usage: strangers.py P2PTOPO FIXTURES"""

import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
STRANGER, THIRD = 65534, 65533
MACHINE, SERVER, FIGURES = "vm-switch2/tree.tar.xz", "generated-server-epyc-redirect/tree.tar.xz", "measured/nvbandwidth.json"
# Each command that writes a file without asking the machine; $P is the file.
WRITERS = [f"--from $F/{MACHINE} capture --force $P", f"--from $F/{MACHINE} check --record $P",
           f"--from $F/{MACHINE} export html --output $P", f"--from $F/{SERVER} measured --evidence $P $F/{FIGURES}"]
FILE = "another user may have put it into its folder, which others may write to"
LINK = "its path has a link that another user may have put there"
AWAY = "its path has another user's link to a folder that is not that user's"
# What is done in the folder first, by whom, what is then written to, and what the command says: None it does not mind.
# $R is root's folder, which only root may write to, with the file "victim"; $S is the stranger's, $G may be written by a group.
CASES = [
    ("echo old >file", STRANGER, "file", FILE),
    ("echo old >file; chmod 666 file", STRANGER, "file", FILE),
    (": >file", STRANGER, "file", FILE),
    ("mkfifo file; chmod 666 file", STRANGER, "file", FILE),
    ("ln $R/victim file", 0, "file", FILE),
    ("ln -s $R/victim file", STRANGER, "file", LINK),
    ("ln -s $R/none file", STRANGER, "file", LINK),
    ("ln -s $S/own file", STRANGER, "file", LINK),
    ("ln -s /dev/null file", STRANGER, "file", LINK),
    ("ln -s file file", STRANGER, "file", LINK),
    ("ln -s $R folder", STRANGER, "folder/new", LINK),
    ("ln -s / folder", STRANGER, "folder$R/victim", LINK),
    ("ln -s $R $S/away", STRANGER, "$S/away/new", AWAY),
    ("ln -s $R/victim $S/away", STRANGER, "$S/away", AWAY),
    ("ln -s /dev/null $S/away", STRANGER, "$S/away", AWAY),
    ("ln -s $S/away $R/root", 0, "$R/root/new", "No such file or directory"),
    ("ln -s $R $S/away; ln -s $S/away $R/root", 0, "$R/root/new", None),
    ("echo old >$G/file", STRANGER, "$G/file", FILE),
    ("ln -s $R/victim $G/file", STRANGER, "$G/file", LINK),
    ("echo old >file; ln file other", 0, "file", FILE),
    ("ln -s $R/victim file; ln file other", 0, "file", LINK),
    ("echo old >file; chattr +i file", 0, "file", "Operation not permitted"),
    ("echo old >file; chattr +a file", 0, "file", "Operation not permitted"),
    ("echo old >file", 0, "file", None),
    (": >$R/file; ln -s $R/file link", 0, "link", None),
    ("ln -s $R/file link", 0, "link", "it is a link to a file that does not exist"),
    ("ln -s $R folder", 0, "folder/new", None),
    ("ln -s own $S/link", STRANGER, "$S/link", None),
    ("ln -s $S $S/folder", STRANGER, "$S/folder/own", None),
    ("mkdir folder", STRANGER, "folder/new", None),
    ("true", STRANGER, "$S/own", None),
    ("true", STRANGER, "$G/new", None),
    ("chmod 2777 .", 0, "new", None),
    (f"chmod 777 .; echo old >file; chown {STRANGER} file", 0, "file", FILE),
]


def as_user(user):
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []


def has_attributes(top):
    """Not every file system and container has immutable files, and not every root the program for them."""
    if not shutil.which("chattr"):
        return False
    (top / "file").touch()
    return all(not subprocess.run(["chattr", change, top / "file"], stderr=subprocess.DEVNULL, check=False).returncode
               for change in ("+i", "-i", "+a", "-a"))


class Place:
    """The folders of one case, all of which are as they were made before."""

    def __init__(self, top):
        self.names = {"R": top / "root", "S": top / "strangers", "G": top / "group", "T": top / "shared"}
        for name, mode, user in (("R", 0o755, 0), ("S", 0o755, STRANGER), ("G", 0o2775, 0), ("T", 0o1777, 0)):
            self.names[name].mkdir()
            self.names[name].chmod(mode)
            os.chown(self.names[name], user, STRANGER if name == "G" else 0)
        (self.names["R"] / "victim").write_text("precious")
        (self.names["S"] / "own").write_text("old")
        os.chown(self.names["S"] / "own", STRANGER, STRANGER)

    def expand(self, text):
        for name, folder in self.names.items():
            text = text.replace(f"${name}", str(folder))
        return text

    def do(self, what, user):
        subprocess.run([*as_user(user), "sh", "-c", self.expand(what)], cwd=self.names["T"], check=True)

    def remove(self):
        if shutil.which("chattr"):
            subprocess.run(["chattr", "-R", "-f", "-ia", self.names["T"]], check=False)
        for folder in self.names.values():
            shutil.rmtree(folder)

    def state(self):
        """Everything there is, and what is in it."""
        def of(path):
            status = path.lstat()
            return (status.st_ino, status.st_mode, status.st_uid, status.st_nlink, status.st_size, status.st_mtime_ns)

        return {path: of(path) for folder in self.names.values() for path in folder.rglob("*")}


class Tool:
    def __init__(self, program, fixtures):
        self.program, self.fixtures = program, fixtures

    def write(self, writer, path, user=0, cwd="/"):
        command = writer.replace("$F", str(self.fixtures)).replace("$P", shlex.quote(path))
        done = subprocess.run([*as_user(user), self.program, *shlex.split(command)], cwd=cwd, capture_output=True, text=True,
                              timeout=60, env={"PATH": os.environ["PATH"]}, check=False)
        return done.returncode, done.stderr


def check_refused(place, path, said, before, answer):
    status, sentence = answer
    expected = 4 if "link to a file" in said or "No such file" in said else 3
    assert status == expected and sentence == f"p2ptopo: {path} cannot be written: {said}\n", answer
    after = place.state()
    assert after == before, set(after.items()) ^ set(before.items())


def check_written(place, path, before, answer):
    assert answer[0] in (0, 1) and not answer[1], answer
    after = place.state()
    written = [at for at in after if after[at] != before.get(at) and not at.is_dir()]
    assert len(written) == 1 and set(before) <= set(after), written
    new = after[written[0]]
    old = before.get(written[0])
    assert new[2] == (old[2] if old else 0) and new[4] > 100, (path, new)


def check_case(top, tool, case, writer):
    before, who, name, said = case
    place = Place(top)
    try:
        place.do(before, who)
        state = place.state()
        # As root from anywhere, and by a name that begins where root is.
        path = place.expand(name if name.startswith("$") else f"$T/{name}")
        answer = tool.write(writer, path)
        if said:
            check_refused(place, path, said, state, answer)
            path = os.path.relpath(path, place.names["S"])
            check_refused(place, path, said, state, tool.write(writer, path, cwd=place.names["S"]))
        else:
            check_written(place, path, state, answer)
    finally:
        place.remove()


def check_third(top, tool):
    """Who is not root is protected from other users alike, and trusts root."""
    place = Place(top)
    place.do("echo old >file; ln -s $S/own link; mkdir -m 777 open", STRANGER)
    place.do("ln -s $T/mine roots", 0)
    place.do("echo old >mine; chmod 640 mine", THIRD)
    shared = str(place.names["T"])
    for writer in WRITERS:
        for name, said in (("file", FILE), ("link", LINK)):
            check_refused(place, f"{shared}/{name}", said, place.state(), tool.write(writer, f"{shared}/{name}", THIRD))
        for name in ("mine", "roots", "open/new"):
            assert tool.write(writer, f"{shared}/{name}", THIRD)[0] in (0, 1), (writer, name)
        status = (place.names["T"] / "mine").stat()
        assert status.st_mode & 0o777 == 0o640 and status.st_uid == THIRD and status.st_size > 100, status
    place.remove()


def check_race(top, tool):
    """A stranger swaps his folder for a link to root's, back and forth: nothing of root's is ever reached."""
    place = Place(top)
    place.do("mkdir folder; echo old >folder/victim", STRANGER)
    swap = ("import os\nwhile True:\n os.rename('folder', 'kept')\n os.symlink('$R', 'folder')\n os.unlink('folder')\n"
            " os.rename('kept', 'folder')\n")
    swapper = subprocess.Popen([*as_user(STRANGER), sys.executable, "-c", place.expand(swap)], cwd=place.names["T"])
    statuses = set()
    until = time.monotonic() + 3
    while time.monotonic() < until:
        statuses.add(tool.write(WRITERS[2], str(place.names["T"] / "folder" / "victim"))[0])
    swapper.kill()
    swapper.wait()
    assert os.listdir(place.names["R"]) == ["victim"], os.listdir(place.names["R"])
    assert (place.names["R"] / "victim").read_text() == "precious"
    assert statuses <= {0, 1, 3, 4}, statuses
    place.remove()


def check_run_dir(top, tool):
    """A refresh leaves nothing where another user may write."""
    place = Place(top)
    place.do("mkdir folder; mkfifo folder/asked folder/waiting.lock", STRANGER)
    place.do("ln -s $R link", STRANGER)
    before = place.state()
    for folder in ("$T", "$T/folder", "$T/link", "$S", "$G"):
        for options in ("", " --background"):
            folder = place.expand(folder)
            status, said = tool.write(f"refresh{options} --run-dir $P", folder)
            assert status == 3 and said == (f"p2ptopo: {folder} must be a folder that belongs to root and that nobody else "
                                            "may write to\n"), (status, said)
    assert place.state() == before
    place.remove()


def main():
    program, fixtures = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        print("skipped: it takes root and setpriv to be several users")
        return SKIPPED
    os.umask(0o022)
    # A user must reach the program and what it reads, which may lie in a home folder.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        top = pathlib.Path(name)
        top.chmod(0o755)
        for part in (MACHINE, SERVER, FIGURES):
            (top / "fixtures" / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(fixtures / part, top / "fixtures" / part)
        shutil.copy(program, top / "p2ptopo")
        tool = Tool(top / "p2ptopo", top / "fixtures")
        if subprocess.run([*as_user(STRANGER), tool.program, "--version"], check=False).returncode:
            print("skipped: another user cannot run the program here")
            return SKIPPED
        cases = [case for case in CASES if "chattr" not in case[0] or has_attributes(top)]
        for number, case in enumerate(cases):
            print(case[0], case[2], flush=True)
            check_case(top, tool, case, WRITERS[number % len(WRITERS)])
        for writer in WRITERS:
            for case in (CASES[0], CASES[5]):
                check_case(top, tool, case, writer)
        check_third(top, tool)
        check_race(top, tool)
        check_run_dir(top, tool)
    print(f"{len(cases)} places that others may have been to"
          + ("" if len(cases) == len(CASES) else "; without immutable files"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
