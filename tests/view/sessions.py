#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The viewer in a real terminal (tmux): start, type, resize, quit; and the terminal is as it was
before, also after a signal, a crash, or a pause.

usage: sessions.py P2PTOPO CAPTURE [NAME...]"""
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE = 40


class Failure(Exception):
    pass


class Terminal:
    """A shell in a tmux of its own."""

    def __init__(self, folder, size=(80, 24), **environment):
        self.socket = os.path.join(folder, "tmux")
        self.folder = folder
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "PS1": "ready% ",
               "HOME": folder, "TERM": "xterm-256color"}
        for name in ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "LD_LIBRARY_PATH"):
            if name in os.environ:
                env[name] = os.environ[name]
        inner = {"TERM": "tmux-256color", **environment}
        command = ["env", *(f"{name}={value}" for name, value in inner.items() if value),
                   "bash", "--norc", "--noprofile", "-i"]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(size[0]), "-y", str(size[1]),
                  *command, env=env)
        self.wait("ready%")

    def tmux(self, *arguments, env=None):
        done = subprocess.run(["tmux", "-u", "-S", self.socket, *arguments], env=env,
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(f"tmux {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def shell(self, line):
        self.tmux("send-keys", "-l", line)
        self.keys("Enter")

    def wait(self, wanted, unwanted=None):
        """The screen, once it shows one text and not another."""
        end = time.monotonic() + PATIENCE
        while True:
            shown = self.screen()
            if re.search(wanted, shown) and not (unwanted and re.search(unwanted, shown)):
                return shown
            if time.monotonic() > end:
                raise Failure(f"no '{wanted}' on the screen:\n{shown}")
            time.sleep(0.05)

    def modes(self):
        """What a program could leave behind: modes of the line and of the screen."""
        path = os.path.join(self.folder, "modes")
        if os.path.exists(path):
            os.unlink(path)
        self.shell(f"stty -g > {path}.new; mv {path}.new {path}")
        end = time.monotonic() + PATIENCE
        while not os.path.exists(path) and time.monotonic() < end:
            time.sleep(0.05)
        flags = self.tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} "
                          "#{keypad_flag} #{keypad_cursor_flag} #{insert_flag} #{origin_flag} "
                          "#{wrap_flag} #{mouse_any_flag} #{scroll_region_upper}")
        return pathlib.Path(path).read_text(), flags

    def child(self):
        """The process in the foreground."""
        tty = self.tmux("display-message", "-p", "#{pane_tty}").strip()
        out = subprocess.run(["ps", "-t", tty, "-o", "pid=,stat=,comm="], capture_output=True,
                             text=True, check=True).stdout
        for line in out.splitlines():
            pid, _, name = line.split(None, 2)
            if name == "p2ptopo":
                return int(pid)
        raise Failure(f"the viewer does not run:\n{out}")

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True,
                       check=False)


class Session:
    """One viewer in one terminal; start() to finish() must leave no trace."""

    def __init__(self, tool, machine, folder, **options):
        self.terminal = Terminal(folder, **options)
        self.tool, self.machine = tool, machine
        self.terminal.shell("clear; echo what stood here before")
        self.terminal.wait("what stood here before\n")
        self.before = self.terminal.modes()

    def start(self, arguments="", expect=None):
        self.terminal.shell(f"{self.tool} --from {self.machine} view {arguments}")
        return self.terminal.wait(expect or ("provider" if "2" in arguments else "TREE"))

    def finish(self, status):
        self.terminal.wait(r"ready%\s*$")
        self.terminal.shell("echo status=$?")
        shown = self.terminal.wait(rf"status={status}\b")
        after = self.terminal.modes()
        if after != self.before:
            raise Failure(f"the terminal was {self.before} and is {after}")
        if self.before[1].startswith("0") and "what stood here before" not in shown:
            raise Failure(f"what stood on the screen is gone:\n{shown}")


def type_and_quit(session):
    session.start()
    terminal = session.terminal
    terminal.keys("2")
    terminal.wait("provider↓")
    terminal.keys("j", "j", "Right", "Enter")
    terminal.wait("drivers     unknown")
    terminal.keys("q")
    terminal.wait("provider↓")
    terminal.keys("/")
    terminal.keys("-l", "mlx5_7")
    terminal.keys("Enter")
    terminal.wait("20/21")
    terminal.keys("7")
    # A command is longer than the screen is wide, and all of it is there.
    if "--goal gpudirect card0 mlx5_0" not in " ".join(terminal.wait("what to change").split()):
        raise Failure(f"the report does not wrap:\n{terminal.screen()}")
    terminal.keys("2", "?")
    terminal.wait("Moving")
    terminal.keys("Escape")
    terminal.wait("provider↓")
    terminal.keys("q")
    session.finish(0)


def resize(session):
    session.start("--keys 2")
    terminal = session.terminal
    for width, height in ((120, 40), (200, 60), (80, 24), (39, 9), (1, 1), (100, 30)):
        terminal.tmux("resize-window", "-x", str(width), "-y", str(height))
        wanted = "too small" if width == 39 else "" if width == 1 else "provider↓"
        shown = terminal.wait(wanted, unwanted=None if width < 40 else "too small")
        lines = shown.split("\n")
        if width >= 80 and not (lines[0].startswith(" ") and "? help" in lines[height - 1]):
            time.sleep(1)
            lines = terminal.screen().split("\n")
            if "? help" not in lines[height - 1]:
                raise Failure(f"{width}x{height} is not filled:\n{terminal.screen()}")
    terminal.keys("Q")
    terminal.wait(r"ready%\s*$")


def end_by(number, status=None):
    def run(session):
        session.start("--keys 2")
        os.kill(session.terminal.child(), number)
        session.finish(status or 128 + number)
    return run


def stop_and_go(session):
    terminal = session.terminal
    session.start()
    terminal.keys("2")
    terminal.wait("provider↓")
    for send in (lambda: terminal.keys("C-z"),
                 lambda: os.kill(terminal.child(), signal.SIGTSTP)):
        send()
        terminal.wait("Stopped", unwanted="provider↓")
        if terminal.modes() != session.before:
            raise Failure(f"stopped, the terminal is {terminal.modes()}")
        terminal.shell("fg")
        terminal.wait("provider↓", unwanted="Stopped")
        terminal.keys("1")
        terminal.wait("TREE")
        terminal.keys("2")
        terminal.wait("provider↓")
    os.kill(terminal.child(), signal.SIGSTOP)
    terminal.wait("Stopped")
    terminal.shell("fg")
    terminal.wait("provider↓", unwanted="Stopped")
    terminal.keys("Q")
    session.finish(0)


# What the shell says of it does not push the line out that stood there.
stop_and_go.size = (120, 50)


def interrupt(session):
    session.start()
    session.terminal.keys("/")
    session.terminal.keys("C-c")
    session.terminal.keys("C-c")
    session.finish(0)


def luminance(colour):
    """Of one of the 240 colours whose value every terminal agrees on, by WCAG 2."""
    if colour < 232:
        parts = [55 + 40 * part if part else 0
                 for part in ((colour - 16) // 36, (colour - 16) // 6 % 6, (colour - 16) % 6)]
    else:
        parts = [8 + 10 * (colour - 232)] * 3
    parts = [part / 255 / 12.92 if part < 11 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def check_contrast(name, found):
    """What is read on white is read on the grey of dark terminals (#1e1e1e), too."""
    for colour in (int(each[5:]) for each in found if each.startswith("38;5;")):
        light = luminance(colour)
        if colour < 16 or 1.05 / (light + 0.05) < 3.5 or (light + 0.05) / 0.063 < 3.5:
            raise Failure(f"{name}: colour {colour} does not stand out from every background")


def kind(name, colours, **environment):
    def run(session):
        terminal = session.terminal
        session.start("--keys 2")
        painted = terminal.tmux("capture-pane", "-p", "-e")
        found = set(re.findall(r"\x1b\[[0-9;]*?((?:3[1-7])|(?:38;5;\d+))m", painted))
        if bool(found) != colours:
            raise Failure(f"{name}: colours {found}")
        check_contrast(name, found)
        if "C" == environment.get("LC_ALL") and not painted.isascii():
            raise Failure(f"{name}: more than ASCII on the screen")
        terminal.keys("Down", "Up", "PageDown", "Home", "End")
        terminal.wait("21/21")
        terminal.keys("q")
        terminal.wait(r"ready%\s*$")
        if terminal.modes()[0] != session.before[0]:
            raise Failure(f"{name}: modes of the line are others")
    run.environment = {**environment, "TERM": name}
    return run


def refuse(session):
    session.terminal.shell(f"{session.tool} --from {session.machine} view")
    session.terminal.wait("cannot move its cursor")
    session.finish(2)


refuse.environment = {"TERM": "dumb"}


def come_and_go(session):
    """A captured tree that changes: what went and came is marked after the next reading."""
    folder = session.terminal.folder
    tree = os.path.join(folder, "tree")
    os.mkdir(tree)
    subprocess.run(["tar", "-xf", session.machine, "-C", tree], check=True)
    found = [os.path.join(at, "0000:17:00.0") for at, names, _ in os.walk(tree)
             if "0000:17:00.0" in names]
    link = os.path.join(tree, "sys/bus/pci/devices/0000:17:00.0")
    session.machine = tree
    session.start()
    terminal = session.terminal
    terminal.keys("/")
    terminal.keys("-l", "nvme0")
    terminal.keys("Enter")
    terminal.wait("nvme0")
    target = os.readlink(link) if os.path.islink(link) else None
    os.rename(link, os.path.join(folder, "kept"))
    moved = [path for path in found if path != link]
    for i, path in enumerate(moved):
        os.rename(path, os.path.join(folder, f"kept{i}"))
    terminal.keys("F5")
    terminal.wait(r"\+0 -1 ~0")
    terminal.keys("G")
    terminal.wait(r"(?m)^- 0000:17:00.0 nvme0")
    for i, path in enumerate(moved):
        os.rename(os.path.join(folder, f"kept{i}"), path)
    os.rename(os.path.join(folder, "kept"), link)
    assert target is None or os.path.islink(link)
    terminal.keys("R")
    terminal.wait(r"\+1 -0 ~0")
    terminal.keys("g", "n")
    terminal.wait(r"(?m)^\+ .*0000:17:00.0")
    shutil.rmtree(os.path.join(tree, "sys"))
    terminal.keys("R")
    terminal.wait("tree: no PCI function in it")
    terminal.keys("j", "q")
    session.finish(0)


def save(session):
    folder, terminal = session.terminal.folder, session.terminal
    session.start()
    path = os.path.join(folder, "saved.txt")
    terminal.keys(":")
    terminal.keys("-l", f"w {path}")
    terminal.keys("Enter")
    terminal.wait("saved to ")
    first = pathlib.Path(path).read_text()
    if "TREE" not in first:
        raise Failure(f"the screen that was saved:\n{first}")
    terminal.keys("2", ":")
    terminal.keys("-l", f"w {path}")
    terminal.keys("Enter")
    terminal.wait("overwrite it")
    terminal.keys("n")
    terminal.wait("not saved")
    if pathlib.Path(path).read_text() != first:
        raise Failure("it was overwritten all the same")
    terminal.keys("W", "C-u")
    terminal.keys("-l", path)
    terminal.keys("Enter", "y")
    terminal.wait("saved to ")
    if "devices" not in pathlib.Path(path).read_text():
        raise Failure("the report was not saved")
    if [name for name in os.listdir(folder) if name.startswith("saved.txt.")]:
        raise Failure("something is left beside the file")
    script = os.path.join(folder, "page.sh")
    terminal.keys("3", "S", "C-u")
    terminal.keys("-l", script)
    terminal.keys("Enter")
    terminal.wait("page.sh")
    terminal.wait("saved to ")
    printed = subprocess.run(["/bin/sh", script], capture_output=True, text=True, check=False).stdout
    if "Peers of" not in printed:
        raise Failure(f"the command that was saved, {pathlib.Path(script).read_text()}, prints:\n{printed}")
    terminal.keys("S", "C-u")
    terminal.keys("-l", "/proc/none/of/that")
    terminal.keys("Enter")
    terminal.wait("No such file or directory")
    terminal.keys("Q")
    session.finish(0)


def gone(session):
    """The terminal goes away under somebody who ignores SIGHUP: ends, and does not spin."""
    child, terminal = pty.fork()
    if child == 0:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.environ["TERM"] = "xterm"
        os.execv(session.tool, [session.tool, "--from", session.machine, "view"])
    os.read(terminal, 1)
    os.close(terminal)
    for _ in range(200):
        ended, _status = os.waitpid(child, os.WNOHANG)
        if ended:
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise Failure("still there 20 seconds after its terminal went")


SESSIONS = {
    "type-and-quit": type_and_quit,
    "resize": resize,
    "interrupt": interrupt,
    "stop-and-go": stop_and_go,
    "term": end_by(signal.SIGTERM),
    "int": end_by(signal.SIGINT),
    "hup": end_by(signal.SIGHUP),
    "gone": gone,
    "quit": end_by(signal.SIGQUIT),
    "segv": end_by(signal.SIGSEGV),
    "abort": end_by(signal.SIGABRT),
    "bus": end_by(signal.SIGBUS),
    "xterm-256color": kind("xterm-256color", True),
    "xterm-8": kind("xterm-color", True),
    "linux": kind("linux", True, LC_ALL="C"),
    "vt100": kind("vt100", False),
    "no-colour": kind("tmux-256color", False, NO_COLOR="1"),
    "ascii": kind("tmux-256color", True, LC_ALL="C"),
    "dumb": refuse,
    "come-and-go": come_and_go,
    "save": save,
}


def main():
    tool, machine = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    if not shutil.which("tmux"):
        print("tmux is not installed")
        return 77
    good = True
    for name in sys.argv[3:] or SESSIONS:
        run = SESSIONS[name]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            session = None
            try:
                session = Session(tool, machine, folder, size=getattr(run, "size", (80, 24)),
                                  **getattr(run, "environment", {}))
                run(session)
                print(f"{name}: good")
            except Failure as failure:
                print(f"{name}: {failure}", flush=True)
                good = False
            finally:
                if session:
                    session.terminal.close()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
