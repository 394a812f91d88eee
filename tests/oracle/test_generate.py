#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The generator: same description, same bytes; the committed fixtures are what it makes; lspci
reads what it writes."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(TESTS, "generate")]

import big
import generate
import machine as capture
import random_fabric
import shapes
import sysfs


class Generated(unittest.TestCase):
    def test_same_bytes(self):
        for seed in range(5):
            self.assertEqual(sysfs.tar_bytes(sysfs.Tree(random_fabric.make(seed)).files),
                             sysfs.tar_bytes(sysfs.Tree(random_fabric.make(seed)).files))

    def test_committed(self):
        """Compared unpacked: another xz may pack otherwise."""
        for name, make in shapes.SHAPES.items():
            path = os.path.join(TESTS, "fixtures", "generated-" + name, "tree.tar.xz")
            with self.subTest(name):
                plain = subprocess.run(["xz", "-dc", path], check=True,
                                       stdout=subprocess.PIPE).stdout
                self.assertEqual(plain, sysfs.tar_bytes(sysfs.Tree(make()).files))

    def test_forms_agree(self):
        with tempfile.TemporaryDirectory() as folder:
            loaded = []
            for ending in ("", ".tar", ".tar.xz"):
                path = os.path.join(folder, "tree" + ending)
                generate.write(random_fabric.make(7), path)
                loaded.append([(f.name, f.parent, f.config, f.numa, f.physfn)
                               for f in capture.load(path).ordered()])
            self.assertEqual(loaded[0], loaded[1])
            self.assertEqual(loaded[0], loaded[2])

    def test_many_seeds(self):
        for seed in range(200):
            machine = random_fabric.make(seed)
            machine.number()
            names = [f.name for f in machine.functions()]
            self.assertEqual(len(names), len(set(names)), "seed %d" % seed)

    def test_big(self):
        for count in (1, 2, 100, 4096):
            self.assertEqual(len(list(big.make(count).functions())), count)

    def test_lspci_reads_it(self):
        with tempfile.TemporaryDirectory() as folder:
            generate.write(shapes.sriov_server(), os.path.join(folder, "tree"))
            text = subprocess.run(
                ["lspci", "-D", "-vvv", "-A", "linux-sysfs",
                 "-O", "sysfs.path=%s/tree/sys/bus/pci" % folder],
                check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()
        self.assertIn("ACSCtl:\tSrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ "
                      "EgressCtrl- DirectTrans-", text)
        self.assertIn("Number of VFs: 20", text)
        self.assertNotIn("<chain looped>", text)
        self.assertNotIn("Unknown", text.replace("AttnInd Unknown, PwrInd Unknown", ""))


if __name__ == "__main__":
    unittest.main()
