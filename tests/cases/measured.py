#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the model says beside what somebody measured, on machines made alike: within a tenth.

usage: measured.py P2PTOPO

measured.out has the table as it is printed; UPDATE=1 writes it anew.  A row names the machine
(tests/generate/measured.py), the transfers, what of them was measured, the lowest and highest
figure, and where it is from."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "generate"))

import measured
import sysfs

MOST = 0.10
RTX = "rtx6kpro hardware/"
ASUS = RTX + "asus-esc8000a-e13p-broadcom-switches.md"
BANDWIDTH = RTX + "pcie-bandwidth.md"
DIRECT = RTX + "epyc9124-direct-attach.md"
COLLAPSE = RTX + "collapse-report.md"
SINGLE = RTX + "asrockrack-genoad24-epyc-cpayne-16gpu.md"
TINY = "tinygrad/open-gpu-kernel-modules"
FORUM = "NVIDIA forum 55564"

# machine, transfers, what ("sum" GB/s of all, "write" or "read" ns), lowest, highest, source
ROWS = [
    ("gen3-switch", "card0>card1", "sum", 12.0, 12.0, "NCCL src/graph/topo.h, PCI_BW"),
    ("gen4-switch", "card0>card1", "sum", 27.12, 27.12, "club-3090 docs/PCIE_P2P.md"),
    ("turin-switch", "card0>card1", "sum", 53.5, 54.3, ASUS),
    ("turin-switch", "card0<>card1", "sum", 102, 104, ASUS),
    ("turin-switch", "card0>card2", "sum", 54.3, 54.7, ASUS),
    ("turin-switch", "card0<>card2", "sum", 102, 104, ASUS),
    ("turin-switch", "card0>card4", "sum", 50, 50, BANDWIDTH),
    ("turin-switch", "card0<>card4", "sum", 93, 96, ASUS),
    ("turin-switch", "card0<card4", "sum", 36, 42, ASUS),
    ("turin-redirect", "card0<>card1", "sum", 50, 50, ASUS),
    ("storm-switch", "card0>card1", "sum", 56.26, 56.26,
     RTX + "wrx90-cpayne-8gpu-root-topology-comparison.md"),
    ("storm-switch", "card0>card2", "sum", 52.5, 56.3, COLLAPSE),
    ("storm-switch", "card0<card2", "sum", 53.4, 53.4, COLLAPSE),
    ("storm-switch", "card0>card2 card1>card3", "sum", 52.1, 56.4, COLLAPSE),
    ("storm-switch", "card0>card2 card2>card4 card4>card6 card6>card0", "sum", 197.8, 197.8,
     COLLAPSE),
    ("turin", "card0>card1", "sum", 55.6, 56.57, BANDWIDTH),
    ("turin", "card0<>card1", "sum", 111, 111.4, BANDWIDTH),
    ("turin", "card0>card2", "sum", 50.2, 51, BANDWIDTH),
    ("turin", "card0<>card2", "sum", 99.1, 99.6, BANDWIDTH),
    ("genoa", "card0>card1", "sum", 54, 57.3, DIRECT),
    ("genoa", "card0<>card1", "sum", 103, 112.3, DIRECT),
    ("genoa", "card0>card2", "sum", 39, 44.4, BANDWIDTH + ", " + DIRECT),
    ("genoa", "card0<>card2", "sum", 64, 64, BANDWIDTH),
    ("chipset", "card0>card1", "sum", 13.17, 13.17, "club-3090#895"),
    ("chipset", "card2>card0", "sum", 6.5, 6.5, "club-3090#895"),
    ("drives", "nvme0>card0", "sum", 3.2, 3.2, FORUM),
    ("drives", "nvme0>card0 nvme1>card0", "sum", 6.3, 6.3, FORUM),
    ("drives", "nvme0>card0 nvme1>card0 nvme2>card0", "sum", 7.1, 7.1, FORUM),
    ("haswell", "card0>card1", "sum", 8.17, 8.17, "ROCmValidationSuite#427"),
    ("haswell", "card0<>card1", "sum", 14.97, 14.97, "ROCmValidationSuite#427"),
    ("rome", "card0>card1", "sum", 25.9, 25.9, "4 RTX 3090, ROMED8-2T"),
    ("rome", "card0<>card1", "sum", 50.1, 51.2, TINY + " README"),
    ("rome", "card0<>card2", "sum", 39.2, 41.6, "nccl-tests#74"),
    ("castle", "card0<>card1", "sum", 49.97, 51.12, TINY + "#6"),
    ("naples", "card0>card1", "sum", 7.03, 7.06, "ROCmValidationSuite#427"),
    ("naples", "card0<>card1", "sum", 11.9, 12.08, "ROCmValidationSuite#427"),
    ("mi50-switch", "card0>card1", "sum", 14.4, 14.4, "4 MI50, PEX88096"),
    ("mi50-switch", "card0<card1", "sum", 14.4, 14.4, "4 MI50, PEX88096"),
    ("edr", "mlx5_0>card0", "sum", 11.92, 11.94, "perftest#98"),
    ("emerald", "mlx5_0>mlx5_1", "sum", 40, 47, "ucx#10955, more than 40; Mooncake#1459, 47"),
    ("emerald-strict", "mlx5_0>mlx5_1", "sum", 16, 16, "ucx#10955"),
    ("rome-strict", "mlx5_0>mlx5_1", "sum", 18.75, 18.75, "ucx#8062"),
    ("turin", "card0>card1", "write", 360, 450, BANDWIDTH),
    ("turin", "card0>card2", "write", 440, 440, BANDWIDTH),
    ("genoa", "card0>card1", "write", 440, 440, DIRECT),
    ("genoa", "card0>card2", "write", 500, 520, DIRECT),
    ("genoa", "card0<card1", "read", 830, 830, DIRECT),
    ("genoa", "card0<card2", "read", 910, 910, DIRECT),
]


def ask(binary, tree, *arguments):
    done = subprocess.run([binary, "--from", tree, "--kernel", "next", "--json", *arguments],
                          capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
    return json.loads(done.stdout)


def model(binary, tree, flows, what):
    if what == "sum":
        return ask(binary, tree, "flows", flows)["sum_gbytes_per_second"]
    client, provider = flows.replace("<", ">").split(">")
    return ask(binary, tree, "path", provider, client)["forward"]["speed"][what]["latency_ns"]


def main():
    binary, lines, bad = sys.argv[1], [], 0
    with tempfile.TemporaryDirectory() as folder:
        for machine in sorted({row[0] for row in ROWS}):
            sysfs.write_folder(sysfs.Tree(measured.MACHINES[machine]()).files,
                               os.path.join(folder, machine))
        for machine, flows, what, low, high, source in ROWS:
            figure = (low + high) / 2
            said = model(binary, os.path.join(folder, machine), flows, what)
            good = abs(said / figure - 1) <= MOST
            bad += not good
            lines.append("%-14s %-48s %7.2f %7.2f  %4.2f %s%s" % (
                machine, flows + ("" if what == "sum" else " " + what + " ns"), figure, said,
                said / figure, "" if good else "NOT WITHIN A TENTH ", source))
    text = "machine        transfers                                        measured modelled ratio source\n"
    text += "\n".join(lines) + "\n"
    golden = HERE / "measured.out"
    if os.environ.get("UPDATE"):
        golden.write_text(text)
    print(text, end="")
    same = golden.exists() and golden.read_text() == text
    print("%d figures, %d not within a tenth%s" % (len(ROWS), bad, "" if same else
                                                   "; not what measured.out says"))
    return 1 if bad or not same else 0


if __name__ == "__main__":
    sys.exit(main())
