#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the ports of a network controller carry bounds its DMA: read from the machine, kept in a
capture, told by ids where the kernel does not tell, and "at most" else.

usage: ports.py P2PTOPO"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "generate"))

import measured
import sysfs

NET, RDMA = "net/ib0/speed", "infiniband/mlx5_0/ports/%d/%s"
ACTIVE, DOWN = "4: ACTIVE\n", "1: DOWN\n"
I210, UNKNOWN = ("0x8086", "0x1533"), ("0x8086", "0xffff")


def port(number, rate, state=ACTIVE):
    return {RDMA % (number, "rate"): rate + "\n", RDMA % (number, "state"): state}


# files of the NIC, its ids, Mb/s (None: not known), GB/s from or to the GPU, whether at most
CASES = [
    ({NET: "1000\n"}, None, 1000, 0.1225, False),
    ({NET: "100000\n"}, None, 100000, 12.25, False),
    ({NET: "1000\n", "net/ib1/speed": "1000\n"}, None, 2000, 0.245, False),
    # Down: the driver says -1, and some say 0 or nothing of sense.
    ({NET: "-1\n"}, None, None, 13.396, True),
    ({NET: "0\n"}, None, None, 13.396, True),
    ({NET: "fast\n"}, None, None, 13.396, True),
    ({NET: "1000\n", "net/ib1/speed": "-1\n"}, None, None, 13.396, True),
    ({NET: "-1\n"}, I210, None, 0.1225, True),
    ({}, I210, None, 0.1225, True),
    ({}, UNKNOWN, None, 13.396, True),
    # The rate of a port of RDMA, unless it is down.
    (port(1, "100 Gb/sec (4X EDR)"), None, 100000, 12.25, False),
    ({**port(1, "2.5 Gb/sec (1X SDR)"), **port(2, "10 Gb/sec (4X SDR)")}, None, 12500, 1.531, False),
    (port(1, "10 Gb/sec (4X SDR)", DOWN), None, None, 13.396, True),
    ({**port(1, "10 Gb/sec (4X SDR)", DOWN), NET: "40000\n"}, None, 40000, 4.9, False),
]


def ask(binary, tree, *arguments):
    done = subprocess.run([binary, "--from", tree, "--kernel", "7.3", *arguments],
                          capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
    return done.stdout.decode()


def build(folder, files, ids):
    fabric = measured.behind_switch((0x10de, 0x2330), None)
    sysfs.write_folder(sysfs.Tree(fabric).files, folder)
    nic = next(pathlib.Path(folder, "sys", "devices").rglob("infiniband")).parent
    for name, text in files.items():
        path = nic / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    if ids:
        (nic / "vendor").write_text(ids[0] + "\n")
        (nic / "device").write_text(ids[1] + "\n")
        config = bytearray((nic / "config").read_bytes())
        for at, value in ((0, ids[0]), (2, ids[1])):
            config[at:at + 2] = int(value, 16).to_bytes(2, "little")
        (nic / "config").write_bytes(config)


def check(binary, tree, case):
    files, ids, mbps, figure, at_most = case
    functions = json.loads(ask(binary, tree, "tree", "--json"))["functions"]
    nic = next(function for function in functions if function["class"] == "nic")
    said = nic["port_mbps"] if isinstance(nic["port_mbps"], int) else None
    assert said == mbps, (case, nic["port_mbps"])
    pair = json.loads(ask(binary, tree, "path", "card0", "mlx5_0", "--json"))["forward"]["speed"]
    for op in ("read", "write"):
        assert abs(pair[op]["gbytes_per_second"] - figure) < 0.001, (case, op, pair[op])
        assert pair[op]["at_most"] == at_most, (case, op, pair[op])
    # Into the memory of the NIC the GPU writes as fast as the link goes.
    back = json.loads(ask(binary, tree, "path", "card0", "mlx5_0", "--json"))["reverse"]["speed"]
    assert back["write"]["gbytes_per_second"] > 13, (case, back)


def main():
    binary = sys.argv[1]
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            tree, kept = os.path.join(folder, "tree"), os.path.join(folder, "kept.tar")
            build(tree, case[0], case[1])
            check(binary, tree, case)
            subprocess.run([binary, "--from", tree, "capture", kept], check=True)
            check(binary, kept, case)
    print("%d machines, and a capture of each" % len(CASES))


if __name__ == "__main__":
    main()
