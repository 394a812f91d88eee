#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Ten thousand nodes, seven of them odd, told apart within a minute and 256 MiB.

usage: fleet.py P2PTOPO [NODES]

The nodes are servers with eight GPUs and eight NICs; each has a name and serial numbers of its own."""
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "cases"))

import fleet

SECONDS, MEBIBYTES = 60, 256
ODD = 7


def texts(document, count):
    """The nodes as lines; the odd ones are spread over all."""
    serial = re.compile(r'"serial": "0x[0-9a-f]+"')
    plain = serial.sub('"serial": "0x@"', json.dumps(fleet.of_its_own(document, 0)))
    changes = (fleet.CHANGES * 2)[:ODD]
    places = {count * (number + 1) // (ODD + 1): change for number, change in enumerate(changes)}
    for number in range(count):
        if number in places:
            node = fleet.of_its_own(document, number)
            places[number](node)
            if number == max(places):
                node["machine"]["cpu_model"] = 99
            yield json.dumps(node) + "\n"
        else:
            yield plain.replace('"node00000"', f'"node{number:05}"').replace("0x@", f"0x{number:016x}") + "\n"


def feed(stream, lines):
    with stream:
        for line in lines:
            stream.write(line.encode())


def main():
    tool, count = sys.argv[1], int((sys.argv[2:] or ["10000"])[0])
    capture = next((TESTS / "fixtures/generated-server-epyc-redirect").glob("tree.tar*"))
    document = json.loads(fleet.call(tool, "--from", str(capture), "tree", "--json")[0])
    with subprocess.Popen([tool, "fleet", "--json", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          env={**os.environ, "LC_ALL": "C"}) as child:
        began = time.monotonic()
        writer = threading.Thread(target=feed, args=(child.stdin, texts(document, count)))
        writer.start()
        found = json.loads(child.stdout.read())
        writer.join()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    # Of the CPU: how long it took besides depends on what else runs, and on who writes the nodes.
    seconds, mebibytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    print(f"{count} nodes: {seconds:.1f} s of CPU in {time.monotonic() - began:.1f} s, {mebibytes:.0f} MiB")
    odd = [name for shape in found["shapes"] if not shape["golden"] for name in shape["nodes"]]
    assert child.returncode == 1 and found["nodes"] == count and len(odd) == ODD, (child.returncode, odd)
    assert all(shape["differences"] for shape in found["shapes"] if not shape["golden"])
    assert seconds < SECONDS and mebibytes < MEBIBYTES
    return 0


if __name__ == "__main__":
    sys.exit(main())
