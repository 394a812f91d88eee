#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What p2ptopo costs, beside lspci, lstopo and the floor on the same tree in the same run.

usage: bench.py P2PTOPO GENERATE FLOOR MEASURE [--functions N,...] [--runs N] [--only NAME,...]
                [--counters] [--check FILE | --record FILE]

For each tree, one table: CPU seconds (user and system, the median of several runs taken in turn),
their ratio to lspci -vvv and to the floor, which opens and reads each config once, peak memory, and
rows a second where a row is a line.  With --counters also what does not depend on how busy the
machine is: system calls and bytes of config, counted by strace, and instructions, counted by
callgrind with the tree bound over /sys, since valgrind knows no openat2().

--record writes the counters into the file, beside those it has; --check fails where one has grown by more than its tolerance.
Without either the status is 1 when a command of a machine with 4,096 functions or more costs more than MOST says."""
import argparse
import glob
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

# Processor time as a share of that of lspci -vvv, a good third more than on a quiet machine, and KiB a function beyond what any run has.
MOST = {"report": (0.22, 2), "tree --json": (0.9, 6)}
START_MIB = 8
# Instructions depend on the compiler, the libraries and, a little, on the machine's own /proc.
TOLERANCE = {"system_calls": 0.03, "config_bytes": 0.01, "instructions": 0.15}
# A row for every ordered pair: of more functions than this they are too many.
MOST_PAIRS = 256
MEMBERS = "provider,client,kernel.map_type,speed.read.score,speed.write.score"


def add_processors(tree):
    """lstopo refuses a tree that does not say which there are: one for each node, as in its proc/cpuinfo."""
    system = os.path.join(tree, "sys/devices/system")
    nodes = len(glob.glob(f"{system}/node/node*"))
    files = {f"cpu/{name}": f"0-{nodes - 1}" for name in ("online", "possible", "present")}
    for number in range(nodes):
        mask = f"{1 << number:x}"
        files[f"node/node{number}/cpumap"] = mask
        topology = f"cpu/cpu{number}/topology"
        files |= {f"{topology}/{name}": mask for name in ("core_cpus", "package_cpus", "thread_siblings", "core_siblings")}
        files |= {f"{topology}/physical_package_id": str(number), f"{topology}/core_id": "0"}
    for name, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(system, name)), exist_ok=True)
        with open(os.path.join(system, name), "w", encoding="ascii") as file:
            file.write(text + "\n")


class Tree:
    """A generated machine, and the commands that are measured on it."""

    def __init__(self, count, folder, arguments):
        self.count = count
        self.path = os.path.join(folder, f"tree{count}")
        self.arguments = arguments
        subprocess.run([sys.executable, arguments.generate, "big", str(count), self.path], check=True)
        add_processors(self.path)
        self.devices = os.path.join(self.path, "sys/bus/pci/devices")

    def others(self):
        lspci = ["lspci", "-O", f"sysfs.path={self.path}/sys/bus/pci"]
        return {
            "floor": [self.arguments.floor, self.devices],
            "lspci -vvv": [*lspci, "-vvv"],
            "lspci -tv": [*lspci, "-tv"],
            "lstopo": ["lstopo-no-graphics", "-i", self.path, "--if", "fsroot", "--of", "console"],
        }

    def ours(self):
        """Arguments of each command; those of one tree alone begin without --from."""
        commands = {"report": ["report"], "tree": ["tree"], "tree --json": ["tree", "--json"]}
        drives = len(glob.glob(f"{self.devices}/*/nvme"))
        if drives > 1:
            commands["fix"] = ["fix", "nvme0", f"nvme{drives - 1}"]
        commands["export complexes"] = ["export", "complexes"]
        if self.count <= MOST_PAIRS:
            commands["pairs --jsonl"] = ["pairs", "--jsonl"]
            commands["pairs --jsonl -o"] = ["pairs", "--jsonl", "-o", MEMBERS]
        return commands

    def commands(self):
        found = dict(self.others())
        rules = [self.arguments.p2ptopo, "--kernel", "6.12"]
        for name, command in self.ours().items():
            found[name] = [*rules, "--from", self.path, *command]
        found["diff"] = [*rules, "diff", self.path, self.path]
        only = self.arguments.only
        if self.arguments.check or self.arguments.record:
            found = {name: found[name] for name in found if name not in self.others()}
        return {name: command for name, command in found.items()
                if not only or name in only or name in ("floor", "lspci -vvv")}

    def live(self, name):
        """The command on the tree as if it were this machine; None it cannot be."""
        command = self.ours().get(name)
        if not command:
            return None
        bound = f'mount --rbind "{self.path}/sys" /sys && exec "$@"'
        return ["unshare", "-rm", "sh", "-c", bound, "sh", "valgrind", "--tool=callgrind",
                "--callgrind-out-file=/dev/null", self.arguments.p2ptopo, "--kernel", "6.12", *command]


def measure(arguments, command, output):
    """CPU seconds, peak MiB and lines of one run; None it does not work here."""
    done = subprocess.run([arguments.measure, output, *command], stdout=subprocess.PIPE, check=True)
    status, cpu, kib = done.stdout.split()
    if int(status):
        return None
    with open(output, "rb") as out:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: out.read(1 << 20), b""))
    return float(cpu), int(kib) / 1024, lines


def count_calls(command, folder):
    """System calls, and bytes that were read of files called config."""
    trace = os.path.join(folder, "trace")
    done = subprocess.run(["strace", "-f", "-y", "-qq", "-s", "0", "-e", "signal=none", "-o", trace,
                           *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False)
    if done.returncode:
        return {}
    calls = config = 0
    with open(trace, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            calls += 1
            read = re.search(r" (?:read|pread64)\(\d+<[^>]*/config>.* = (\d+)$", line)
            config += int(read.group(1)) if read else 0
    return {"system_calls": calls, "config_bytes": config}


def count_instructions(command):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    found = re.search(r"refs:\s+([\d,]+)", done.stderr.decode(errors="replace"))
    return {"instructions": int(found.group(1).replace(",", ""))} if found else {}


def counters_of(tree, folder):
    found = {}
    for name, command in tree.commands().items():
        counted = count_calls(command, folder) if shutil.which("strace") else {}
        live = tree.live(name) if tree.arguments.instructions else None
        if live and shutil.which("valgrind"):
            counted |= count_instructions(live)
        found[name] = counted
    return found


def times_of(tree, folder):
    samples = {name: [] for name in tree.commands()}
    for _ in range(tree.arguments.runs):
        for name, command in tree.commands().items():
            samples[name].append(measure(tree.arguments, command,
                                         os.path.join(folder, "output")))
    return {name: {
        "cpu": statistics.median(run[0] for run in runs),
        "mib": max(run[1] for run in runs),
        "lines": runs[0][2],
    } for name, runs in samples.items() if all(runs)}


def cell(value, form):
    return "-" if value is None else format(value, form)


def print_table(tree, times, counters):
    lspci, floor = (times.get(name, {}).get("cpu") for name in ("lspci -vvv", "floor"))
    print(f"\n{tree.count} functions, median of {tree.arguments.runs} runs in turn")
    print(f"{'':18} {'CPU s':>8} {'/lspci':>7} {'/floor':>7} {'MiB':>7} {'rows/s':>8} "
          f"{'calls':>8} {'config B':>10} {'instructions':>14}")
    for name in tree.commands():
        time, counted = times.get(name, {}), counters.get(name, {})
        cpu = time.get("cpu")
        rows = time["lines"] / cpu if cpu and "pairs" in name else None
        print(f"{name:18} {cell(cpu, '8.3f'):>8} "
              f"{cell(cpu / lspci if cpu is not None and lspci else None, '7.2f'):>7} "
              f"{cell(cpu / floor if cpu is not None and floor else None, '7.1f'):>7} "
              f"{cell(time.get('mib'), '7.1f'):>7} {cell(rows, '8.0f'):>8} "
              f"{cell(counted.get('system_calls'), '8d'):>8} "
              f"{cell(counted.get('config_bytes'), '10d'):>10} "
              f"{cell(counted.get('instructions'), '14d'):>14}")


def compare(count, counted, recorded):
    """What has grown.  Return: sentences."""
    grown = []
    for name, values in counted.items():
        for key, value in values.items():
            before = recorded.get(str(count), {}).get(name, {}).get(key)
            if before is not None and value > before * (1 + TOLERANCE[key]):
                grown.append(f"{name} of {count} functions: {value} {key.replace('_', ' ')}, "
                             f"{before} are recorded")
    return grown


def too_dear(count, times):
    """What is dearer than it may be?  Of fewer functions everything is read, and of few the start is most of it."""
    lspci, dear = times.get("lspci -vvv"), []
    for name, (most_ratio, most_kib) in MOST.items():
        if name not in times or not lspci or count < 4096:
            continue
        ratio, mib, most_mib = times[name]["cpu"] / lspci["cpu"], times[name]["mib"], START_MIB + count * most_kib / 1024
        if ratio > most_ratio or mib > most_mib:
            dear.append(f"{name} of {count} functions: {ratio:.2f} of lspci -vvv and {mib:.1f} MiB; "
                        f"at most {most_ratio} and {most_mib:.0f} are allowed")
    return dear


def parse():
    parser = argparse.ArgumentParser()
    for name in ("p2ptopo", "generate", "floor", "measure"):
        parser.add_argument(name)
    parser.add_argument("--functions", default="4096")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", type=lambda names: names.split(","))
    parser.add_argument("--counters", action="store_true")
    parser.add_argument("--no-instructions", dest="instructions", action="store_false")
    parser.add_argument("--check")
    parser.add_argument("--record")
    return parser.parse_args()


def bench(count, folder, arguments, recorded):
    tree = Tree(count, folder, arguments)
    compared = arguments.check or arguments.record
    counters = counters_of(tree, folder) if arguments.counters or compared else {}
    times = times_of(tree, folder) if arguments.runs else {}
    print_table(tree, times, counters)
    wrong = compare(count, counters, recorded) if arguments.check else []
    if arguments.record:
        recorded.setdefault(str(count), {}).update(counters)
    shutil.rmtree(tree.path)
    return wrong if compared else too_dear(count, times)


def main():
    arguments = parse()
    missing = [tool for tool in (["lspci"] if arguments.runs else ["strace"]) if not shutil.which(tool)]
    if missing:
        print(f"{missing[0]} is not installed")
        return 77
    recorded, wrong = {}, []
    compared = arguments.check or arguments.record
    if compared and os.path.exists(compared):
        with open(compared, encoding="ascii") as file:
            recorded = json.load(file)
    # A disk would have its own opinion on 100,000 small files.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        for count in arguments.functions.split(","):
            wrong += bench(int(count), folder, arguments, recorded)
    if arguments.record:
        with open(arguments.record, "w", encoding="ascii") as file:
            json.dump(recorded, file, indent=2)
            file.write("\n")
    for sentence in wrong:
        print(sentence)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
