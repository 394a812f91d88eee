#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A text of lspci that somebody cut is not taken for a whole one: where a sign stands for lines that
were left out, where a bridge lacks its buses, and where every line has its number before it.

usage: cut-text.py P2PTOPO"""

import json
import os
import subprocess
import sys
import tempfile

HEAD = """00:00.0 Host bridge: Maker Root complex
\tFlags: fast devsel

"""
PORT = """{address} PCI bridge: Maker Switch (prog-if 00 [Normal decode])
\tFlags: bus master, fast devsel, latency 0
\tBus: primary={0}, secondary={1}, subordinate={2}, sec-latency=0
\tCapabilities: [40] Express {kind}, MSI 00
{acs}\tKernel driver in use: pcieport

"""
ACS = "\tCapabilities: [148] Access Control Services\n"
SLOTS = [("00:01.0", "00", "01", "04", "Root Port (Slot+)"), ("01:00.0", "01", "02", "04", "Upstream Port"),
         ("02:00.0", "02", "03", "03", "Downstream Port (Slot+)"),
         ("02:01.0", "02", "04", "04", "Downstream Port (Slot+)")]
DRIVE = """{} Non-Volatile memory controller: Maker Drive (prog-if 02 [NVM Express])
\tFlags: bus master, fast devsel, latency 0
\tCapabilities: [40] Express Endpoint, MSI 00
\tCapabilities: [100] Advanced Error Reporting
\tKernel driver in use: nvme

"""
MARKS = ["[...]", "...", "\u2026", "<snip>", "-- snip --", "(12 lines left out)", "\t...", "\t\t[...]", "~", "...\n[...]"]


def text(acs=""):
    """@acs: in the place of the capability of both downstream ports."""
    ports = [PORT.format(*numbers, address=address, kind=kind, acs=acs if kind.startswith("Down") else "")
             for address, *numbers, kind in SLOTS]
    return HEAD + "".join(ports) + DRIVE.format("03:00.0") + DRIVE.format("04:00.0")


def ask(binary, folder, what):
    """Return: relation and map type of the two drives, the exit status."""
    path = os.path.join(folder, "text")
    with open(path, "w", encoding="utf-8") as file:
        file.write(what)
    done = subprocess.run([binary, "--from", path, "--kernel", "6.12", "pairs", "--json"], capture_output=True, check=False)
    if done.returncode:
        return None, None, done.returncode
    for row in json.loads(done.stdout)["pairs"]:
        if row["provider"].endswith("03:00.0") and row["client"].endswith("04:00.0"):
            return row["relation"], row["kernel"]["map_type"], 0
    return None, None, 0


def main():
    with tempfile.TemporaryDirectory() as folder:
        def check(name, what, wanted):
            found = ask(sys.argv[1], folder, what)
            assert found == wanted, f"{name}: {found}, not {wanted}"

        # Who could read the extended capabilities of one function would have shown those of the ports.
        check("whole", text(), ("PIX", "bus_addr", 0))
        check("with ACS", text(ACS), ("PIX", "unknown", 0))
        for mark in MARKS:
            check(mark, text(mark + "\n"), ("PIX", "unknown", 0))
            check(mark + " and a gap", text(mark + "\n\n"), ("PIX", "unknown", 0))
        # A field of VPD begins with a sign, and is of lspci.
        check("VPD", text("\t\t\t[PN] Part number: 1\n"), ("PIX", "bus_addr", 0))
        lines = text().splitlines(True)
        buses = "".join(line for line in lines if "Bus: " not in line)
        check("without buses", buses, (None, "unknown", 0))
        # grep -n, cat -n and editors; from a line on whose number looks like a domain, and a choice of lines.
        for first in 1, 995, 4321:
            for shape in "{}:{}", "{:6}\t{}", "{:4} {}":
                numbered = [shape.format(number, line) for number, line in enumerate(lines, first)]
                check(f"numbered {shape} from {first}", "".join(numbered), ("PIX", "bus_addr", 0))
                chosen = "".join(line for line in numbered if "Flags" not in line)
                check(f"chosen {shape} from {first}", chosen, (None, "unknown", 0))
        # A wrapped line whose rest begins with a number.
        numbered = [f"{number}:{line}" for number, line in enumerate(lines, 995)]
        numbered.insert(9, "4096 bytes, of a line above\n")
        check("a number in a rest", "".join(numbered), ("PIX", "bus_addr", 0))
        # Domains are no numbers of lines.
        domains = "".join(f"{domain}:01:00.0 Ethernet controller: Maker NIC\n" for domain in range(10000, 10004))
        check("domains", domains.replace("10003", "10002"), (None, None, 0))


if __name__ == "__main__":
    main()
