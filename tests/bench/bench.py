#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What p2ptopo costs, beside lspci on the same tree in the same run.

usage: bench.py P2PTOPO GENERATE [FUNCTIONS]

Prints CPU seconds (user and system, the median of several runs taken in turn) and peak memory
of each command.  The status is 1 when `report` costs more than a quarter of `lspci -vvv`, or
more than 64 MiB."""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

RUNS = 5
MOST_RATIO = 0.25
MOST_MIB = 64


def measure(command):
    """CPU seconds and peak MiB of one run."""
    with open(os.devnull, "wb") as null:
        child = subprocess.Popen(command, stdout=null, stderr=null)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)}: status {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    tool, generate = sys.argv[1:3]
    count = sys.argv[3] if len(sys.argv) > 3 else "4096"
    if not shutil.which("lspci"):
        print("lspci is not installed")
        return 77
    # A disk would have its own opinion on 100,000 small files.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        tree = os.path.join(folder, "tree")
        subprocess.run([sys.executable, generate, "big", count, tree], check=True)
        commands = {
            "lspci -vvv": ["lspci", "-vvv", "-O", f"sysfs.path={tree}/sys/bus/pci"],
            "p2ptopo report": [tool, "--from", tree, "report"],
            "p2ptopo tree": [tool, "--from", tree, "tree"],
        }
        samples = {name: [] for name in commands}
        for _ in range(RUNS):
            for name, command in commands.items():
                samples[name].append(measure(command))
    base = statistics.median(cpu for cpu, _ in samples["lspci -vvv"])
    print(f"{count} functions, median of {RUNS} runs in turn")
    for name, runs in samples.items():
        cpu = statistics.median(run[0] for run in runs)
        print(f"{name:16} {cpu:7.3f} s CPU  {cpu / base:5.2f} of lspci -vvv  "
              f"{max(run[1] for run in runs):6.1f} MiB")
    ratio = statistics.median(cpu for cpu, _ in samples["p2ptopo report"]) / base
    peak = max(memory for _, memory in samples["p2ptopo report"])
    if ratio > MOST_RATIO or peak > MOST_MIB:
        print(f"report: {ratio:.2f} of lspci -vvv and {peak:.1f} MiB; "
              f"at most {MOST_RATIO} and {MOST_MIB} are allowed")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
