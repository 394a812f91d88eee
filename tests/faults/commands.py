# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands that faults are tried on, on a small machine, and what they are to leave behind."""

import json
import pathlib
import subprocess

MACHINE = "vm-acs-iommu/tree.tar.xz"
POLICY = {"format": "p2ptopo-policy", "version": 1,
          "rules": [{"action": "allow", "provider": {"class": "nvme"}, "client": {"class": "nvme"},
                     "both": True, "why": "disks"}]}
# $M is the machine, $F the folder of fixtures, and what is in $T is compared, too.
COMMANDS = [
    "report", "tree --json", "pairs --jsonl", "fix nvme0 nvme1 --json", "capture $T/new.tar.xz",
    "report --json", "tree", "tree -o TREE,NAMES", "pairs", "pairs --json", "pairs --csv", "topo", "topo --json",
    "topo --markdown", "matrix", "matrix --json", "near nvme0", "near nvme0 --json", "near eth0 --class nvme",
    "path nvme0 nvme1", "path nvme0 nvme1 --json", "fix nvme0 nvme1", "--from $F/generated-workstation/tree.tar.xz fix --report",
    "fix --policy $T/policy.json", "address 0xfe800000", "address 0xfe800000 --json", "sources", "sources --json",
    "flows 'nvme0>nvme1' 'nvme1<eth0'", "flows 'nvme0>nvme1' --json",
    "flows @$T/flows", "what-if acs=all,ReqRedir-", "what-if acs=all,ReqRedir- --json",
    "check --record", "check $T/check.json", "check $T/check.json --json",
    "policy compile $T/policy.json", "policy compile $T/policy.json --json",
    "policy explain nvme0 nvme1 $T/policy.json", "policy explain nvme0 nvme1 $T/policy.json --json",
    "diff $F/vm-acs-cleared/tree.tar.xz", "diff $F/vm-acs-cleared/tree.tar.xz --json", "diff $T/tree.json",
    "fleet $F/vm-acs-cleared/tree.tar.xz $F/vm-acs-iommu/tree.tar.xz",
    "fleet --json $F/vm-acs-cleared/tree.tar.xz $F/vm-acs-iommu/tree.tar.xz",
    "export nccl", "export complexes", "export dra", "export nfd", "export prometheus", "export svg",
    "export dot", "export html", "--from $F/generated-server-epyc-redirect/tree.tar.xz measured $F/measured/nvidia-smi-topo.txt",
    "--from $F/generated-server-epyc-redirect/tree.tar.xz measured $F/measured/nvbandwidth.json --json",
    "--from $F/generated-server-epyc-redirect/tree.tar.xz measured $F/measured/nccl.log --evidence $T/evidence.json",
    "view --print-screen --keys m", "tree --json-schema", "--complete p2ptopo path nv",
]


def names_machine(words):
    """Does a command line say itself what it reads, or read no machine?"""
    return "--from" in words or words[0] in ("--complete", "fleet")


def check_works(command, status, said):
    """A fault shows nothing in a command that fails without one."""
    if status not in (0, 1):
        raise SystemExit(f"{command}: exit status {status} without a fault: {said}")


def prepare(p2ptopo, fixtures, folder):
    """Files that commands read."""
    folder = pathlib.Path(folder)
    machine = str(pathlib.Path(fixtures) / MACHINE)
    (folder / "policy.json").write_text(json.dumps(POLICY))
    (folder / "flows").write_text("nvme0>nvme1\nnvme1<>eth0\n")
    for name, command in (("check.json", ["check", "--record"]), ("tree.json", ["tree", "--json"])):
        with open(folder / name, "w", encoding="utf-8") as file:
            subprocess.run([p2ptopo, "--from", machine, *command], stdout=file, check=True)
