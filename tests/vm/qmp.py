#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""qmp.py SOCKET CONSOLE: carry out what the guest asks of its machine.

A line "host: COMMAND KEY=VALUE..." on the guest's console is sent to QEMU as that QMP command. Runs until it is ended.
"""
import json
import socket
import sys
import time


def connect(path):
    for _ in range(600):
        try:
            line = socket.socket(socket.AF_UNIX)
            line.connect(path)
            return line.makefile("rw")
        except OSError:
            time.sleep(0.1)
    sys.exit("qmp.py: no QEMU at " + path)


def call(qmp, command, **arguments):
    json.dump({"execute": command, "arguments": arguments}, qmp)
    qmp.write("\n")
    qmp.flush()
    for text in qmp:
        answer = json.loads(text)
        if "error" in answer:
            print("qmp.py: %s: %s" % (command, answer["error"]["desc"]), file=sys.stderr)
        if "error" in answer or "return" in answer:
            return


def lines(path):
    with open(path, errors="replace") as console:
        rest = ""
        while True:
            rest += console.read()
            *whole, rest = rest.split("\n")
            yield from whole
            time.sleep(0.1)


def main():
    qmp = connect(sys.argv[1])
    qmp.readline()
    call(qmp, "qmp_capabilities")
    for text in lines(sys.argv[2]):
        if text.startswith("host: "):
            command, *words = text.split()[1:]
            pairs = [word.split("=", 1) for word in words]
            call(qmp, command, **{key: int(value) if value.isdigit() else value for key, value in pairs})


main()
