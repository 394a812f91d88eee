#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a key costs the viewer, on a small machine and on one of sixteen times its size, in the
same run: drawing costs what is on the screen.

usage: bench-keys.py P2PTOPO GENERATE [SMALL LARGE]

Prints CPU milliseconds per key, each drawn.  The status is 1 when a key that moves costs more
than twice as much on the large machine, or any key more than a sixtieth of a second."""
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

SIZE = (60, 200)
PRESSES = 300
MOST_RATIO = 2
MOST_MS = 1000 / 60
PLACES = {"tree": b"1", "matrix": b"2", "narrow matrix": b"2z", "peers": b"p3"}
KEYS = {"moves": b"jjjjkjjjjl", "screens": b" ", "lens": b"v", "fold all": b"*", "sort": b"s"}
WHERE = {"moves": set(PLACES), "screens": {"tree", "matrix", "narrow matrix", "peers"},
         "lens": {"matrix", "narrow matrix"}, "fold all": {"tree"}, "sort": {"peers"}}
SCALES = {"fold all", "sort", "lens"}


class Viewer:
    def __init__(self, tool, tree):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        self.child = subprocess.Popen([tool, "--from", tree, "view"], stdin=slave, stdout=slave,
                                      env=dict(os.environ, TERM="xterm-256color"),
                                      start_new_session=True)
        os.close(slave)
        self.drain(60)

    def drain(self, seconds):
        while select.select([self.master], [], [], seconds)[0]:
            os.read(self.master, 1 << 16)
            seconds = 0.02

    def cpu(self):
        fields = open(f"/proc/{self.child.pid}/stat", encoding="ascii").read().rsplit(")", 1)[1]
        return sum(int(field) for field in fields.split()[11:13]) / os.sysconf("SC_CLK_TCK")

    def asleep(self):
        with open(f"/proc/{self.child.pid}/stat", encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "S"

    def press(self, key):
        """One key, and until it was drawn and the viewer waits again."""
        os.write(self.master, key)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            ready = select.select([self.master], [], [], 0.0005)[0]
            if ready:
                os.read(self.master, 1 << 16)
            elif self.asleep():
                return
        sys.exit("the viewer does not answer")

    def measure(self, keys):
        start = self.cpu()
        for i in range(PRESSES):
            self.press(keys[i % len(keys):i % len(keys) + 1])
        return (self.cpu() - start) * 1000 / PRESSES

    def close(self):
        os.write(self.master, b"Q")
        self.child.wait(timeout=20)
        os.close(self.master)


def measure_all(tool, tree):
    found = {}
    for place, start in PLACES.items():
        viewer = Viewer(tool, tree)
        for key in (start[i:i + 1] for i in range(len(start))):
            viewer.press(key)
        for name, keys in KEYS.items():
            if place in WHERE[name]:
                found[place, name] = viewer.measure(keys)
        viewer.close()
    return found


def main():
    tool, generate = os.path.abspath(sys.argv[1]), sys.argv[2]
    sizes = sys.argv[3:5] if len(sys.argv) > 4 else ["256", "4096"]
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    results = []
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        for size in sizes:
            tree = os.path.join(folder, size + ".tar")
            subprocess.run([sys.executable, generate, "big", size, tree], check=True)
            results.append(measure_all(tool, tree))
    good = True
    print(f"CPU milliseconds per key at {SIZE[1]}x{SIZE[0]}: {sizes[0]} and {sizes[1]} functions")
    for place, name in results[0]:
        small, large = (result[place, name] for result in results)
        # What rebuilds rows may cost more where there are more of them, but stays quick.  Processor time
        # comes in ticks, of which a measurement has a few: three more are not told from none.
        slow = large > MOST_MS or (name not in SCALES and large > MOST_RATIO * small + 1.0)
        print(f"  {place:14} {name:9} {small:7.2f} {large:7.2f}{'  TOO MUCH' if slow else ''}")
        good &= not slow
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
