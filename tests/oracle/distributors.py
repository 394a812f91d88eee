#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds p2ptopo against the oracle for kernels of distributors, whose lists have rows of their own:
the root devices of a machine are given other ids, and it boots each of these kernels."""

import argparse
import os
import sys
import tarfile
import tempfile

import machine as capture
import p2poracle
import tool

RELEASES = (
    ("6.6.0-72.0.0.76.oe2403.x86_64", "6.6"), ("6.6.102-5.an23.x86_64", "6.6"),
    ("6.6.40-amd64-desktop-hwe", "6.6"), ("6.6.40", "6.6"),
    ("6.12.0-237.el10.x86_64", "6.12"), ("6.12.0-55.el10_0.x86_64", "6.12"),
    ("4.18.0-553.el8_10.x86_64", "5.2"), ("5.14.0-503.el9_5.x86_64", "5.10"), ("5.15.0-200.131.27.el9uek.x86_64", "5.15"),
)
IDS = ((0x1d17, 0x1003), (0x1d17, 0x1008), (0x8086, 0x4940), (0x8086, 0x09a2), (0x1022, 0x1450))


def change(folder, vendor, device):
    devices = os.path.join(folder, "sys/devices")
    for bridge in os.listdir(devices):
        for name in os.listdir(os.path.join(devices, bridge)):
            if not name.endswith(":00.0"):
                continue
            function = os.path.join(devices, bridge, name)
            for file, value in (("vendor", vendor), ("device", device)):
                with open(os.path.join(function, file), "w", encoding="ascii") as out:
                    out.write("0x%04x\n" % value)
            with open(os.path.join(function, "config"), "r+b") as config:
                config.write(vendor.to_bytes(2, "little") + device.to_bytes(2, "little"))


def boot(folder, release):
    for path, text in (("proc/sys/kernel/osrelease", release + "\n"),
                       ("boot/config-" + release, "CONFIG_PCI=y\nCONFIG_PCI_P2PDMA=y\n")):
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as out:
            out.write(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("fixture")
    options = parser.parse_args()
    wrong = pairs = 0
    for release, ruleset in RELEASES:
        for vendor, device in IDS:
            with tempfile.TemporaryDirectory() as folder:
                with tarfile.open(options.fixture) as archive:
                    archive.extractall(folder)
                change(folder, vendor, device)
                boot(folder, release)
                told = tool.rows(options.binary, folder, "auto")
                oracle = p2poracle.Oracle(capture.load(folder), ruleset, release)
                for row in oracle.answers():
                    pairs += 1
                    answer = told[row["provider"], row["client"]]
                    if answer["map_type"] != row["map_type"]:
                        wrong += 1
                        print("%s %04x:%04x %s %s: %s, the oracle %s" % (
                            release, vendor, device, row["provider"], row["client"],
                            answer["map_type"], row["map_type"]))
    print("%d pairs, %d differ" % (pairs, wrong))
    return 1 if wrong or not pairs else 0


if __name__ == "__main__":
    sys.exit(main())
