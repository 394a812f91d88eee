#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Random keys, bytes and sizes for the viewer on a pseudo-terminal: it neither crashes nor hangs,
leaves by Q with status 0, and leaves the modes of the line as they were.

usage: fuzz-keys.py P2PTOPO FIXTURES SECONDS [SEED]"""
import fcntl
import os
import pathlib
import pty
import random
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

# Names of files are typed only by the scripts below, so that nothing is written elsewhere.
NEVER = b"SW:\x1b\x03\x11Qq"
SCRIPTS = [b"S\x15screen.txt\ry", b"W\x15report.txt\ryn", b":w other.txt\r", b":12\r", b":nonsense\r",
           b"/nvme\rnnN", b"/\xc3\xa4\xe6\x9f\x8f\x7f\x7f\r", b"\\gpu,nic\r", b"\\none\r", b"\\\r",
           b"S\x07", b"/a\x07", b"/" + b"x" * 400 + b"\r", b"zzz", b"x2x6X", b"p3s2s", b"vwvw"]
SEQUENCES = [b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1bOA", b"\x1bOB", b"\x1b[5~", b"\x1b[6~",
             b"\x1b[H", b"\x1b[F", b"\x1b[Z", b"\x1bOP", b"\x1b[15~", b"\x1b[17~", b"\x1b", b"\x1b[",
             b"\x1b[999;999R", b"\x1b[200~", b"\xff\xfe", b"\xe2\x82"]
KEYS = b"jjjjkkkhhllggGG0$HML1122334455667\t\r?tmi zpervw][=scC\x04\x15\x06\x02\x05\x19nNxX*+-R\x0c\x7f"
TERMS = ["xterm-256color", "vt100", "linux", "screen", "tmux-256color"]


def keys(source):
    chance = source.random()
    if chance < 0.08:
        return source.choice(SCRIPTS)
    if chance < 0.25:
        return source.choice(SEQUENCES)
    if chance < 0.30:
        raw = bytes(source.randrange(256) for _ in range(source.randrange(1, 8)))
        return bytes(byte for byte in raw if byte not in NEVER)
    return bytes([source.choice(KEYS)]) * source.choice((1, 1, 1, 2, 7))


def resize(terminal, source):
    small = source.random() < 0.2
    rows = source.randrange(1, 12 if small else 90)
    columns = source.randrange(1, 45 if small else 260)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return f"{columns}x{rows}"


def drain(terminal, seconds):
    """What came within @seconds; None when the other side is closed."""
    got = b""
    while select.select([terminal], [], [], seconds)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            return None
        if not part:
            return None
        got += part
        seconds = 0
    return got


class Viewer:
    def __init__(self, tool, machine, folder, source):
        self.log = os.path.join(folder, "log")
        self.term = source.choice(TERMS)
        environment = dict(os.environ, TERM=self.term,
                           LC_ALL=source.choice(("C", "C.UTF-8")))
        # On the console of Linux ncurses loads libgpm, which leaks; see ncurses(3).
        environment["NCURSES_GPM_TERMS"] = ""
        environment["ASAN_OPTIONS"] = environment.get("ASAN_OPTIONS", "") + f":log_path={self.log}"
        environment["UBSAN_OPTIONS"] = environment.get("UBSAN_OPTIONS", "") + f":log_path={self.log}"
        master, slave = pty.openpty()
        resize(slave, source)
        self.terminal, self.line = master, slave
        self.before = termios.tcgetattr(slave)
        self.child = subprocess.Popen(
            [tool, "--from", machine, "view"], cwd=folder, env=environment, stdin=slave,
            stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def play(self, source, steps, until):
        drain(self.terminal, 30)
        for _ in range(steps):
            if time.monotonic() > until or self.child.poll() is not None:
                return
            if source.random() < 0.04:
                resize(self.terminal, source)
                os.kill(self.child.pid, signal.SIGWINCH)
            else:
                os.write(self.terminal, keys(source))
            if drain(self.terminal, 0.002) is None:
                return

    def leave(self):
        """Out of any prompt, and out."""
        if self.child.poll() is None:
            # Not ^C: while the viewer ends, that is a signal again.
            os.write(self.terminal, b"\x07\x07Q")
        end = time.monotonic() + 60
        while self.child.poll() is None and time.monotonic() < end:
            if drain(self.terminal, 0.1) is None:
                break
        try:
            status = self.child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            status = "it hangs"
        after = termios.tcgetattr(self.line)
        os.close(self.terminal)
        os.close(self.line)
        said = "".join(path.read_text() for path in
                       pathlib.Path(self.log).parent.glob("log*"))
        if status != 0 or said:
            return f"status {status}\n{said}"
        return None if after == self.before else "the line has other modes now"


def main():
    tool, fixtures, seconds = os.path.abspath(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    first = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    machines = sorted(str(path) for path in pathlib.Path(fixtures).resolve().glob("*/tree.tar.xz"))
    end, seed, played = time.monotonic() + seconds, first, 0
    while time.monotonic() < end or not played:
        source = random.Random(seed)
        with tempfile.TemporaryDirectory() as folder:
            viewer = Viewer(tool, source.choice(machines), folder, source)
            viewer.play(source, 600, end)
            problem = viewer.leave()
            strange = [name for name in os.listdir(folder) if not name.endswith(".txt")]
        if problem or strange:
            print(f"seed {seed} ({viewer.term}): {problem or strange}")
            return 1
        played += 1
        seed += 1
    print(f"{played} sessions from seed {first}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
