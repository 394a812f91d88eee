#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""--help, the man pages and the README name the same commands and options, and p2ptopo(1) the same
rule sets.  What the shells complete is in tests/cases/completion.py."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def run(tool, *arguments):
    return subprocess.run([tool, *arguments], capture_output=True, text=True)


def from_help(text, commands=True):
    if commands:
        commands = re.search(r"Commands[^\n]*:\n(.*?)\n\n", text, re.S).group(1)
    names = set(re.findall(r"^  ([a-z][a-z-]*(?: [a-z][a-z-]*)?)(?= [A-Z\[]|$)", commands or "", re.M))
    options = re.search(r"Options[^\n]*:\n(.*?)(\n\n|\Z)", text, re.S).group(1)
    flags = set(re.findall(r"^ +(?:(-\w)(?:, )?)", options, re.M))
    flags |= set(re.findall(r"^ +(?:-\w, )?(--[\w-]+)", options, re.M))
    return names, flags


def from_page(text):
    commands = text.split(".Sh COMMANDS", 1)[1].split(".Sh ", 1)[0]
    names = set(re.findall(r"^\.It Cm ([a-z-]+(?: [a-z-]+)?)", commands, re.M))
    options = text.split(".Sh OPTIONS", 1)[1].split(".Sh ", 1)[0]
    flags = set()
    for line in re.findall(r"^\.It Fl (.*)$", options, re.M):
        for word in re.findall(r"(?:^|, )(-[\w-]+|\w)(?= |$)", line):
            flags.add("-" + word)
    return names, flags


def differ(what, wanted, found, source="--help"):
    for name in sorted(wanted - found):
        yield f"{name}: in {source}, not in {what}"
    for name in sorted(found - wanted):
        yield f"{name}: in {what}, not in {source}"


def check_synopses(top, tool, names):
    """The page of a command shows options that it takes, and all that no other command has."""
    taken = {name: from_help(run(tool, *name.split(), "--help").stdout, False)[1]
             for name in names}
    for page in sorted((top / "man").glob("p2ptopo-*.[18]")):
        name = page.stem.removeprefix("p2ptopo-")
        if name not in taken:
            continue
        synopsis = page.read_text().split(".Sh SYNOPSIS", 1)[1].split(".Sh ", 1)[0]
        shown = {"-" + flag for flag in re.findall(r"\bFl (-?[\w-]+)", synopsis)}
        others = set().union(*(taken[other] for other in taken if other != name))
        for flag in sorted(shown - taken[name]):
            yield f"{page.name}: SYNOPSIS shows {flag}, which {name} does not take"
        for flag in sorted(taken[name] - others - shown):
            yield f"{page.name}: SYNOPSIS does not show {flag}, which {name} alone takes"


def check_arguments(help_text, page):
    """p2ptopo(1) shows the arguments of a command as --help does, which are optional and which are not."""
    commands = re.search(r"Commands[^\n]*:\n(.*?)\n\n", help_text, re.S).group(1)
    wanted = set(re.findall(r"^  ([a-z][^\n]*)$", commands, re.M))
    section = page.split(".Sh COMMANDS", 1)[1].split(".Sh ", 1)[0]
    found = set()
    for line in re.findall(r"^\.It Cm (.*(?:\n\.Ar .*)*)$", section, re.M):
        words = re.sub(r"\bOp Ar ([a-z]+(?: [a-z]+)*(?: \.\.\.)?)", r"[\1]", line)
        words = re.sub(r"\b(?:Ar|Cm) ?|\n\.", "", words).replace(" ...", "...").replace(" | ", "|")
        name = next(n for n in sorted(from_page(page)[0], key=len, reverse=True) if words.startswith(n))
        found.add(name + words[len(name):].upper())
    return differ("p2ptopo(1)", wanted, found)


def check_rules(tool, page):
    refusal = run(tool, "--kernel", "nonsense", "report").stderr
    rules = set(refusal.rsplit("there are ", 1)[-1].split())
    section = page.split(".Sh RULE SETS", 1)[1].split(".Sh ", 1)[0]
    found = set(re.findall(r"(?<![\w.])(\d\.\d+|next|tlp|auto)(?![\w.]*\d)", section))
    return differ("the rule sets of p2ptopo(1)", rules, found)


def check_sources(top, tool, page):
    """The formats of --from: each row in the manual page, and its name in --help."""
    table = (top / "src/libp2ppolicy/p2ppolicy/tables/sources.def").read_text()
    rows = re.findall(r'^SOURCE\(\w+, \w+, "([^"]*)", "[^"]*",\s*"([^"]*)"', table, re.M)
    listed = re.findall(r"^\.It Li (\S+)\n(.*)$",
                        page.split(".It Fl -from", 1)[1].split(".El", 1)[0], re.M)
    listed = [(name, text.replace("\\-", "-")) for name, text in listed]
    rows = [row for row in rows if row[0] != "live"]
    yield from (f"{name}: {text}: in sources.def, not so in p2ptopo(1)"
                for name, text in rows if (name, text) not in listed)
    yield from (f"{name}: {text}: in p2ptopo(1), not so in sources.def"
                for name, text in listed if (name, text) not in rows)
    option = re.search(r"--from PATH\n((?: {8}.*\n)+)", run(tool, "--help").stdout)
    for name, _ in rows:
        if not option or not re.search(rf"\b{name}\b", option.group(1)):
            yield f"{name}: a format that --help does not name below --from"


def check_readme(readme, top, tool):
    """A block that begins with "$ p2ptopo" shows what that command prints, and is written anew with
    UPDATE=1 in the environment; the two scripts."""
    environment = dict(os.environ, COLUMNS="80", LC_ALL="C.UTF-8", NO_COLOR="1")
    for arguments, shown in re.findall(r"^```\n\$ p2ptopo ([^\n]*)\n(.*?)^```", readme, re.M | re.S):
        printed = subprocess.run([tool, *arguments.split()], capture_output=True, text=True,
                                 cwd=top, env=environment).stdout.replace(tool, "p2ptopo")
        if printed.rstrip() != shown.rstrip() and os.environ.get("UPDATE"):
            text = (top / "README.md").read_text()
            block = f"$ p2ptopo {arguments}\n"
            (top / "README.md").write_text(text.replace(block + shown, block + printed.rstrip() + "\n"))
        elif printed.rstrip() != shown.rstrip():
            yield f"README.md: p2ptopo {arguments} prints something else now"
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", readme, re.M | re.S)
    scripts = [line for block in blocks for line in block.splitlines() if line.startswith("./")]
    for script in ("./setup", "./runtests"):
        if scripts.count(script) != 1:
            yield f"README.md: {script} must stand alone on one line of a fenced block"


# These act on the machine itself, as root: tests/vm and tests/capture have them.
LIVE = re.compile(r"\bp2ptopo (capture|watch|refresh|prove|gate|policy push)\b")
EXAMPLE = "tests/fixtures/generated-server-icelake-redirect/tree.tar.xz"
# What the examples call by names of their own.
FILES = {"post.txt": "tests/cases/posts/issue.md", "nvbandwidth.txt": "tests/fixtures/measured/nvbandwidth.txt",
         "p2pBandwidthLatencyTest.txt": "tests/fixtures/measured/p2p-bandwidth-latency.txt"}
CAPTURES = {**dict.fromkeys(("box", "capture", "node1", "rack7", "good", "captures/a", "nodes/1"), EXAMPLE),
            **dict.fromkeys(("old", "node2", "yesterday", "captures/b", "nodes/2"), "tests/fixtures/generated-desktop/tree.tar.xz")}
# A p2ptopo that finds the devices of a capture in this machine.
SHIM = """#!/bin/sh
case " $* " in *" --from "*|*" fleet "*|*" help "*|*" diff "*.xz*.xz*) ;; *) set -- --from "$MACHINE" "$@" ;; esac
case " $* " in *" --kernel "*|*" fleet "*|*" help "*|*kernel=*) ;; *) set -- --kernel 6.1 "$@" ;; esac
exec "$TOOL" "$@"
"""


def examples(top):
    """(page, command line) of all that README, doc/ and the man pages tell to type."""
    for page in sorted((top / "man").glob("*.[1-8]")):
        text = page.read_text().replace("\\-", "-").replace("\\(dq", '"')
        section = text.split(".Sh EXAMPLES", 1)[-1].split(".Sh ", 1)[0]
        for line in re.findall(r"^(?:\.Dl )?((?:\w+ \| )?p2ptopo .*)$", section, re.M):
            yield page.name, line
    for page in (top / "README.md", top / "doc/troubleshooting.md"):
        for block in re.findall(r"^```\n(.*?)^```", page.read_text(), re.M | re.S):
            for line in block.splitlines():
                if re.match(r"(\w+ \| )?p2ptopo ", line):
                    yield page.name, line


def stage(top, tool, folder):
    """What the examples need, in an empty folder."""
    for name in ("bin", "captures", "etc", "nodes"):
        (folder / name).mkdir()
    shim = folder / "bin/p2ptopo"
    shim.write_text(SHIM)
    shim.chmod(0o755)
    # What comes before is the example; what a filter makes of it is not ours.
    for name, script in (("jq", "cat"), ("dmesg", "echo 'DMAR: [DMA Read] Request device [14:00.0] fault addr 0x1000'")):
        (folder / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / "bin" / name).chmod(0o755)
    for name, source in CAPTURES.items():
        (folder / f"{name}.tar.xz").symlink_to(top / source)
    for name, source in FILES.items():
        (folder / name).symlink_to(top / source)
    policy = re.search(r'^(\{ "format": "p2ptopo-policy".*?)^```', (top / "README.md").read_text(), re.M | re.S)
    (folder / "etc/policy.json").write_text(policy.group(1))
    return dict(os.environ, PATH=f"{folder}/bin:/usr/bin:/bin", TOOL=str(pathlib.Path(tool).resolve()))


def check_examples(top, tool):
    """They run on a machine that has such devices: the server of README, or else one of the others."""
    lines = sorted({line for line in examples(top) if not LIVE.search(line[1])},
                   key=lambda line: ("--record" not in line[1], line))
    machines = [top / EXAMPLE, *sorted((top / "tests/fixtures").glob("*/tree.tar.xz"))]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        environment = stage(top.resolve(), tool, folder)
        for page, line in lines:
            command = re.sub(r"/(?:etc/p2ptopo|etc|var/lib/node_exporter)/", "etc/", line).rstrip("|")
            command = re.sub(r" \| (?!p2ptopo).*", "", command)
            command = re.sub(r"(policy compile)$", r"\1 etc/policy.json", command)
            for machine in machines:
                done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, cwd=folder,
                                      stdin=subprocess.DEVNULL, env=dict(environment, MACHINE=str(machine.resolve())))
                if done.returncode in (0, 1) and (done.stdout or re.search(r" -o \S+|--record| >", command)):
                    break
            else:
                yield f"{page}: {line}: {done.stderr.strip() or done.returncode}"
    if len(lines) < 35:
        yield f"only {len(lines)} examples were tried"


def check_words(top, tool):
    """The pages explain the words that near, path and tree print: headings, and labels of lines."""
    page = (top / "man/p2ptopo.1").read_text()
    for command, extra in (("near", ["NIC0"]), ("tree", [])):
        section = page.split(f".It Cm {command}", 1)[1].split(".It Cm ", 1)[0]
        for columns in ("80", "200"):
            shown = subprocess.run([tool, "--from", EXAMPLE, "--kernel", "6.1", command, *extra], text=True, cwd=top,
                                   capture_output=True, env=dict(os.environ, COLUMNS=columns)).stdout
            words = re.search(r"^([A-Z]+ +[A-Z]+\b[^a-z\n]*)$", shown, re.M).group(1).split()
            yield from (f"p2ptopo(1): {command} prints {word}, which is not explained"
                        for word in words if f".It Li {word}\n" not in section)
    page = (top / "man/p2ptopo-path.1").read_text()
    listed = re.findall(r"\bLi ([^,\n]+?)(?: ,|$)", page.replace("completions, relaxed", "completions; relaxed"), re.M)
    code = "".join(path.read_text() for path in sorted((top / "src/p2ptopo/commands/path").glob("*.c")))
    labels = {label.strip(" :") for label in
              re.findall(r'\b(?:label|(?:path_)?line|put_line|print_(?:speed|ways|verdict|route|role|root))\(app, (?:i \? "" : )?'
                         r'"([^"]+)"', code)}
    labels |= {label for three in re.findall(r'print_two\(app, "(.*?)", "(.*?)", .*?"(.*?)"', code, re.S)
               for label in three}
    labels |= set(re.findall(r'\[PATH_\w+\] = "(\w+)"', code)) | {"weakest link", "would log", "rule sets", "grouped"}
    words = {word.strip(" :").replace(";", ",") for word in listed}
    yield from (f"p2ptopo-path(1): path prints {label}, which is not explained" for label in sorted(labels - words))
    yield from (f"p2ptopo-path(1): {word}: path prints no such word"
                for word in sorted(words - labels - {"ACSCap", "ACSCtl"}))


def check_pictures(top, tool):
    """The pictures of README are what the tool prints now; UPDATE=1 draws them anew."""
    for name in ("screen", "topology"):
        picture = top / f"doc/{name}.svg"
        drawn = subprocess.run([sys.executable, top / f"doc/{name}.py", tool], capture_output=True, text=True,
                               check=True).stdout
        if f"](doc/{name}.svg)" not in (top / "README.md").read_text():
            yield f"doc/{name}.svg: not in README.md"
        if os.environ.get("UPDATE"):
            picture.write_text(drawn)
        elif drawn != picture.read_text():
            yield f"doc/{name}.svg: what the tool prints is another now; UPDATE=1 draws it"


def check_ways(top):
    """p2ptopo-ways(7) has the rows and conditions in the tables' order, and their other words."""
    page = (top / "man/p2ptopo-ways.7").read_text().replace("\\-", "-")
    ways = top / "src/libp2ppolicy/verdict/ways"

    def listed(heading, end):
        section = page.split(f".{heading}\n", 1)[1].split(f"\n.{end} ", 1)[0]
        return re.findall(r"^\.It Cm (\S+)$", section, re.M)

    def named(text, array):
        return re.findall(r'\] = "([a-z0-9-]+)"', text.split(f"{array}[", 1)[1].split("};", 1)[0])

    table, code = (ways / "table.c").read_text(), (ways / "ways.c").read_text()
    conditions = re.findall(r'^CONDITION\(\w+, "(\w+)"', (ways / "conditions.def").read_text(), re.M)
    for what, wanted, found in (
            ("row", re.findall(r'\.name = "([^"]+)"', table), listed("Sh ROWS", "Sh")),
            ("condition", conditions[1:], listed("Sh CONDITIONS", "Sh")),
            ("delivery", sorted(named(code, "deliveries")), sorted(listed("Ss Delivery", "Ss"))),
            ("grant", sorted(named(code, "grants")), sorted(listed("Ss Grant", "Ss"))),
            ("addressing", named(code, "addressings"), listed("Ss Addresses", "Ss"))):
        if wanted != found:
            yield f"p2ptopo-ways(7): {what}s are {', '.join(wanted)}; the page has {', '.join(found)}"
    for source in re.findall(r'\(?"?([A-Za-z-]+/[a-z-]+#\d+)', (ways / "evidence.def").read_text()):
        if source not in page:
            yield f"p2ptopo-ways(7): {source} of evidence.def is missing"


def check_example(top):
    """The machine that ./setup shows where there is none."""
    example = re.search(r"^example=(.*)$", (top / "setup").read_text(), re.M).group(1)
    if not (top / example).is_file():
        yield f"setup: there is no {example}"


def check_dkms(top):
    """The options of a kernel that the module refuses to load on, and those that DKMS does not build for; the oldest kernel."""
    compat, conf = (top / "kmod/compat.h").read_text(), (top / "kmod/dkms.conf.in").read_text()
    refused = set(re.findall(r'GATE_COPIES "(\w+)"', compat))
    excluded = set(re.findall(r"!(\w+)", conf))
    yield from differ("kmod/dkms.conf.in", refused, excluded, "kmod/compat.h")
    oldest = ".".join(re.search(r"LINUX_VERSION_CODE < KERNEL_VERSION\((\d+), (\d+), 0\)", compat).groups())
    kernel = re.search(r'^BUILD_EXCLUSIVE_KERNEL="(.*)"$', conf, re.M).group(1)
    if f'BUILD_EXCLUSIVE_KERNEL_MIN="{oldest}"' not in conf:
        yield f"kmod/dkms.conf.in: BUILD_EXCLUSIVE_KERNEL_MIN is not the {oldest} of kmod/compat.h"
    for release, fits in (("4.19.0-27-amd64", False), ("5.10.0-30-amd64", False), ("5.19.17", False), (f"{oldest}.1", True),
                          ("6.1.0-39-amd64", True), ("6.18.3-1-default", True), ("7.3.0-rc1", True), ("10.0.1", True)):
        if bool(re.search(kernel, release)) != fits:
            yield f"kmod/dkms.conf.in: BUILD_EXCLUSIVE_KERNEL {'refuses' if fits else 'accepts'} {release}"


def main():
    top, tool = pathlib.Path(sys.argv[1]), sys.argv[2]
    names, flags = from_help(run(tool, "--help").stdout)
    page = (top / "man/p2ptopo.1").read_text()
    page_names, page_flags = from_page(page)
    problems = [*differ("p2ptopo(1)", names, page_names), *differ("p2ptopo(1)", flags, page_flags),
                *check_synopses(top, tool, names)]
    problems += check_arguments(run(tool, "--help").stdout, page)
    problems += check_rules(tool, page)
    problems += check_sources(top, tool, page)
    problems += check_readme((top / "README.md").read_text(), top, tool)
    problems += check_ways(top)
    problems += check_example(top)
    problems += check_examples(top, tool)
    problems += check_words(top, tool)
    problems += check_pictures(top, tool)
    problems += check_dkms(top)
    print("\n".join(problems) or f"{len(names)} commands, {len(flags)} options: all agree")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
