#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""near puts the peer first that a user would take, and names the registers that would lift one.

usage: near.py P2PTOPO"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "generate"))

import measured
import sysfs
from configspace import *               # the whole vocabulary


def machine(acs, cpu=measured.GENOA, slow=(1, 1), fast=(5, 16), before=False):
    """A GPU and a NIC below one switch, and another NIC, whose bus comes first or last."""
    fabric = measured.start(cpu)
    slow_bus, switch_bus = (0x00, 0x40) if before else (0x80, 0x40)
    port = fabric.host(bus=switch_bus).port(ROOT_PORT, 0x08, ids=measured.AMD_ROOT, speed=5, acs=acs)
    up = port.port(UPSTREAM, 0, speed=5)
    for slot, (what, speed, width) in enumerate((("gpu", 5, 16), ("nic", *fast))):
        up.port(DOWNSTREAM, slot << 3, speed=5, acs=acs).endpoint(0, what, speed=speed,
                                                                  width=width)
    port = fabric.host(bus=slow_bus).port(ROOT_PORT, 0x08, ids=measured.AMD_ROOT, speed=slow[0],
                                          width=slow[1], acs=acs)
    port.endpoint(0, "nic", speed=slow[0], width=slow[1])
    return fabric


def ask(binary, tree, *arguments):
    done = subprocess.run([binary, "--from", tree, "--kernel", "7.3", *arguments],
                          capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
    return done.stdout.decode()


def near(binary, fabric, device, *arguments, files=None):
    """(peers in their order, the registers that lift each, the text)"""
    with tempfile.TemporaryDirectory() as folder:
        sysfs.write_folder({**sysfs.Tree(fabric).files, **(files or {})}, folder)
        document = json.loads(ask(binary, folder, "near", device, "--json", *arguments))
        text = ask(binary, folder, "near", device, *arguments)
    order = [peer["device"]["bdf"] for peer in document["peers"]]
    lift = {peer["device"]["bdf"]: [change["bdf"] for change in peer["direct_if_cleared"]]
            for peer in document["peers"]}
    scores = [peer["gives"]["speed"]["write"]["score"] for peer in document["peers"]]
    return order, lift, text, scores


def check_order(binary):
    """Of a GPU the NIC of its switch, whatever else is there and wherever its bus lies."""
    for acs in (measured.REDIRECT, measured.CLEAN):
        for before in (False, True):
            # As fast elsewhere is better than a redirect, which takes the longer way.
            for slow in ((1, 1), (3, 4), (5, 8), (5, 16))[:3 if acs else 4]:
                order, lift, text, scores = near(binary, machine(acs, slow=slow, before=before),
                                                 "card0", "--class", "nic")
                assert order[0].startswith("0000:44"), (acs, before, slow, order)
                expected = ["0000:42:00.0", "0000:42:01.0"] if acs == measured.REDIRECT else []
                assert lift[order[0]] == expected, (acs, lift)
                assert not lift[order[1]], lift
                assert ("would be direct without ReqRedir CmpltRedir at" in text) == bool(expected), text
                if slow == (1, 1):
                    assert scores[1] <= 2, scores


def check_speed(binary):
    """A NIC elsewhere that is faster than that of the switch is the better one."""
    order, *_ = near(binary, machine(measured.CLEAN, slow=(5, 16), fast=(3, 4)), "card0",
                     "--class", "nic")
    assert order[0].startswith("0000:81"), order


def check_other_way(binary):
    """Of a NIC, its way into the memory of the GPU counts, and its own link is the measure."""
    order, lift, _, scores = near(binary, machine(measured.REDIRECT), "mlx5_0")
    assert order[0].startswith("0000:43") and len(lift[order[0]]) == 2, (order, lift)
    order, _, _, scores = near(binary, machine(measured.CLEAN), "mlx5_1", "--class", "gpu")
    assert scores[0] > 70, scores


def check_refused(binary):
    """What the kernel refuses and a register would lift says so too."""
    fabric = machine(measured.REDIRECT, cpu=measured.BROADWELL)
    order, lift, text, _ = near(binary, fabric, "card0", "--class", "nic")
    assert "not_supported" in text and lift["0000:44:00.0"], text
    assert "card0 mlx5_0" in text, text


# The closed modules, which export no dma-buf, with nvidia-peermem registered.
PEERMEM = {"proc/driver/nvidia/version":
           b"NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.124.06  Wed Feb 26 2025\n",
           "sys/module/nvidia_peermem/initstate": b"live\n",
           "sys/kernel/mm/memory_peers/nv_mem/version": b"1.0\n"}


def check_delivered(binary):
    """What the drivers are known to deliver comes first, then what is not known, however fast."""
    fabric = machine(measured.CLEAN, slow=(5, 16), fast=(3, 4))
    for function in fabric.functions():
        if function.pciclass >> 16 == 0x03:
            function.driver, function.vendor, function.device = "nvidia", 0x10de, 0x2330
        elif function.pciclass >> 16 == 0x02:
            function.driver = "mlx5_core" if function.width == 4 else "unheard_of"
    order, _, text, _ = near(binary, fabric, "card0", "--class", "nic", files=PEERMEM)
    assert order[0].startswith("0000:44") and " direct " in text and " unknown " in text, text
    order, _, text, _ = near(binary, fabric, "card0", "--class", "nic")
    assert order[0].startswith("0000:81") and " direct " not in text, text


def main():
    for check in (check_order, check_speed, check_other_way, check_refused, check_delivered):
        check(sys.argv[1])
    print("the peers are in their order")


if __name__ == "__main__":
    main()
