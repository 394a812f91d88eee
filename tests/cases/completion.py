#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""completion.py P2PTOPO FIXTURES COMPLETION: what bash, zsh and fish make of a Tab.

Each is a real shell on a pseudo-terminal that gets a line and a Tab; then the line is turned
into the argument of printf, so that what the shell has in its buffer is what is compared.
"""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

# What is typed, and the words that a Tab makes of it; MACHINE and HERE are put in.
LINES = [
    ("p2ptopo mat", "matrix"),
    ("p2ptopo policy expl", "policy explain"),
    ("p2ptopo --from=MACHINE near car", "--from=MACHINE near card0"),
    ("p2ptopo --from MACHINE near 0000:02", "--from MACHINE near 0000:02:00.0"),
    ("p2ptopo --from MACHINE near 02:0", "--from MACHINE near 02:00.0"),
    ("p2ptopo --from MACHINE path card0 eth", "--from MACHINE path card0 eth0"),
    ("p2ptopo --from=HERE/onl", "--from=HERE/only.tar"),
    ("p2ptopo --from HERE/onl", "--from HERE/only.tar"),
    ("p2ptopo --run-dir=HERE/fold", "--run-dir=HERE/folder/"),
    ("p2ptopo pairs --class gpu,acc", "pairs --class gpu,accel"),
    ("p2ptopo pairs --class=gpu,acc", "pairs --class=gpu,accel"),
    ("p2ptopo pairs --ker", "pairs --kernel"),
    ("p2ptopo --color=alw", "--color=always"),
    ("p2ptopo what-if iommu=pass", "what-if iommu=passthrough"),
    ("p2ptopo what-if driver=gp", "what-if driver=gpu,"),
    ("p2ptopo --from MACHINE what-if driver=car", "--from MACHINE what-if driver=card0"),
    ("p2ptopo what-if driver=gpu,nvi", "what-if driver=gpu,nvidia"),
    ("p2ptopo what-if acs=all,ReqR", "what-if acs=all,ReqRedir-"),
    ("p2ptopo --from MACHINE what-if move=car", "--from MACHINE what-if move=card0"),
    ("p2ptopo --from MACHINE what-if acs=0000:02", "--from MACHINE what-if acs=0000:02:00.0"),
    ("p2ptopo pairs -o PROVIDER,CLIENT-C", "pairs -o PROVIDER,CLIENT-CLASS"),
    ("p2ptopo --from MACHINE near GP", "--from MACHINE near GPU0"),
    ("p2ptopo help mat", "help matrix"),
    ("p2ptopo export comp", "export complexes"),
    ("p2ptopo what-if kern", "what-if kernel="),
    ("p2ptopo help policy expl", "help policy explain"),
    ("p2ptopo pairs --between gpu,acc", "pairs --between gpu,accel"),
    # A command that refuses --from does not offer it.
    ("p2ptopo watch --fro", "watch --fro"),
]


class Shell:
    """One on a pseudo-terminal, without anybody's settings."""

    def __init__(self, command, environment, cwd):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execvpe(command[0], command, environment)

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait(self, pattern, seconds=30):
        said, end = "", time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.fd], [], [], 0.2)[0]:
                try:
                    said += os.read(self.fd, 65536).decode(errors="replace")
                except OSError:
                    break
            found = re.search(pattern, said)
            if found:
                return found
        raise AssertionError(f"no {pattern!r} in {said!r}")

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def ask(shell, line):
    """The line after a Tab, its words each in <>."""
    shell.type(line + "\t")
    time.sleep(0.1)
    # Ctrl-A, Ctrl-E: to the beginning, and to the end of the line.
    shell.type("\x01 printf '<%s>' start \x05 end; echo\r")
    return re.findall(r"<([^>]*)>", shell.wait(r"<start>(?:<[^>\n]*>)*<end>").group(0))[2:-1]


def bash(tool, completion, folder):
    rc = folder / "bashrc"
    rc.write_text("PS1='$ '; bind 'set enable-bracketed-paste off' 2>/dev/null\n"
                  "bind 'set bell-style none'\n"
                  "source /usr/share/bash-completion/bash_completion\n"
                  f"source {completion}/p2ptopo.bash\necho ready\n")
    return ["bash", "--noprofile", "--rcfile", str(rc), "-i"]


def zsh(tool, completion, folder):
    (folder / ".zshrc").write_text(f"PS1='$ '; unset zle_bracketed_paste\nfpath=({completion} $fpath)\n"
                                   "bindkey -e\nautoload -Uz compinit && compinit -u -d "
                                   f"{folder}/zcompdump\nunsetopt LIST_BEEP AUTO_REMOVE_SLASH\necho ready\n")
    return ["zsh", "-d", "-i"]


def check_terminal(make, tool, completion, folder, machine):
    name = make.__name__
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder),
                   "ZDOTDIR": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8",
                   "COLUMNS": "400", "INPUTRC": "/dev/null"}
    shell = Shell(make(tool, completion, folder), environment, folder)
    try:
        shell.wait("ready")
        for typed, wanted in LINES:
            typed, wanted = (text.replace("MACHINE", str(machine)).replace("HERE", str(folder))
                             for text in (typed, wanted))
            found = " ".join(ask(shell, typed))
            assert found == wanted, f"{name}: {typed!r} becomes {found!r}, not {wanted!r}"
    finally:
        shell.close()


def check_fish(completion, folder, machine):
    environment = dict(os.environ, PATH=f"{folder}:{os.environ['PATH']}", HOME=str(folder),
                       XDG_CONFIG_HOME=str(folder), XDG_DATA_HOME=str(folder))
    for typed, wanted in LINES:
        typed, wanted = (text.replace("MACHINE", str(machine)).replace("HERE", str(folder))
                         for text in (typed, wanted))
        script = f"source {completion}/p2ptopo.fish; complete -C '{typed}'"
        said = subprocess.run(["fish", "--no-config", "-c", script], env=environment, text=True,
                              capture_output=True, timeout=60)
        found = {line.split("\t")[0] for line in said.stdout.splitlines()}
        last = wanted.split()[-1]
        expected = set() if typed.endswith(" " + last) else {last}
        # A word that is whole already may be offered as it is.
        assert found in (expected, {last}), f"fish: {typed!r} offers {found}, not {expected}: {said.stderr}"


def check_flows(tool, machine):
    """The signs of a transfer are a shell's own, so the words are asked for as a shell asks."""
    for word, offered in (("nvme0>nvme1", ["words\tnvme0>", "nvme0>nvme1"]), ("@here", ["files\t@"]),
                          ("nvme0<>card", ["words\tnvme0<>", "nvme0<>card0"])):
        said = subprocess.run([tool, "--complete", "--from", machine, "flows", word], capture_output=True, text=True).stdout
        said = said.splitlines()
        assert [said[0], *(line.split("\t")[0] for line in said[1:])] == offered, f"flows {word}: {said}"


def check_offers(tool):
    """Every option of --help is offered, with the words before the command and after it."""
    helped = subprocess.run([tool, "--help"], capture_output=True, text=True).stdout
    commands = re.search(r"Commands[^\n]*:\n(.*?)\n\n", helped, re.S).group(1)
    for command in re.findall(r"^  ([a-z][a-z-]*(?: [a-z][a-z-]*)?)(?= [A-Z\[]|$)", commands, re.M):
        words = command.split()
        text = subprocess.run([tool, *words, "--help"], capture_output=True, text=True).stdout
        text = re.search(r"Options[^\n]*:\n(.*?)\n\n", text, re.S).group(1)
        wanted = set(re.findall(r"^ {2,4}(?:-\w, )?(--[\w-]+)", text, re.M))
        offered = subprocess.run([tool, "--complete", *words, "--"], capture_output=True,
                                 text=True).stdout.splitlines()[1:]
        assert {line.split("\t")[0] for line in offered} == wanted, f"{command}: {offered}"


def check_hostile(tool, folder, machine):
    """A name in somebody's capture that a shell would run is not offered."""
    tree = subprocess.run([tool, "--from", str(machine), "tree", "--json"], capture_output=True,
                          text=True, check=True).stdout
    assert '"card0"' in tree
    hostile = folder / "hostile.json"
    hostile.write_text(tree.replace('"card0"', '"card0$(touch HERE)"'))
    offered = subprocess.run([tool, "--complete", "--from", str(hostile), "near", "card"],
                             capture_output=True, text=True).stdout
    assert "touch" not in offered, offered


def main():
    tool, fixtures, completion = (pathlib.Path(name).resolve() for name in sys.argv[1:4])
    missing = [name for name in ("bash", "zsh", "fish") if not shutil.which(name)]
    if missing or not os.path.exists("/usr/share/bash-completion/bash_completion"):
        print(f"not installed: {' '.join(missing) or 'bash-completion'}")
        return 77
    machine = fixtures / "generated-workstation" / "tree.tar.xz"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "p2ptopo").symlink_to(tool)
        (folder / "only.tar").touch()
        (folder / "folder").mkdir()
        (folder / "folder" / "inside").touch()
        check_offers(tool)
        check_flows(tool, machine)
        check_hostile(tool, folder, machine)
        check_fish(completion, folder, machine)
        for make in (bash, zsh):
            check_terminal(make, tool, completion, folder, machine)
    print(f"{len(LINES)} lines in bash, zsh and fish")
    return 0


if __name__ == "__main__":
    sys.exit(main())
