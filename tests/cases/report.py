#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What `report` says of all pairs at once is what `pairs` says of them one by one."""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile

from captures import found as all_captures, plain

TESTS = pathlib.Path(__file__).resolve().parent.parent
RULES = ["auto", "4.20", "5.4", "6.12", "next", "tlp"]
FILTERS = [[], ["--all"], ["--class", "gpu,accel"]]
MOST = 100                              # functions; pairs grow with their square
FABRICS = 8                             # random ones


def call(binary, source, rules, command):
    done = subprocess.run([binary, "--from", source, "--kernel", rules, "--json", *command],
                          capture_output=True, check=True)
    return json.loads(done.stdout)


def check_summary(report, rows, classes):
    """Counted class by class, relation by relation."""
    counted = collections.Counter()
    for row in rows:
        pair = tuple(sorted((classes[row["provider"]], classes[row["client"]])))
        counted[pair, row["relation"], row["kernel"]["map_type"]] += 1
    said = {(tuple(sorted(entry["classes"])), entry["relation"], entry["map_type"]):
            entry["pairs"] for entry in report["summary"]}
    assert said == dict(counted), f"summary {said} is not {dict(counted)}"


def check_matrix(report, rows):
    """The cell of two groups holds for every pair between them."""
    place = {member["bdf"]: i for i, group in enumerate(report["groups"]) for member in group}
    for row in rows:
        cell = report["matrix"][place[row["provider"]]][place[row["client"]]]
        assert cell == {"relation": row["relation"], "map_type": row["kernel"]["map_type"],
                        "hops": row["kernel"]["hops"]}, f"{cell} is not {row}"


def is_found(row):
    """Pairs that a finding has to name: refused, unknown, or turned away from their bridge."""
    kernel = row["kernel"]
    return (kernel["map_type"] in ("not_supported", "unknown") or
            kernel["map_type"] == "thru_host_bridge" and kernel["common"] is not None)


def check_findings(report, rows):
    found = collections.Counter()
    for finding in report["findings"]:
        assert finding["pairs_complete"]
        found[finding["map_type"]] += finding["pairs"]
    counted = collections.Counter(row["kernel"]["map_type"] for row in rows if is_found(row))
    assert found == counted, f"findings {found} are not {counted}"


def check_redirecting(report, rows, rules):
    """Other rules than tlp count every redirecting function up to the common device."""
    listed = {bdf for row in rows for bdf in row["kernel"]["acs_redirect"]}
    said = {entry["bdf"] for entry in report["redirecting"]}
    assert rules == "tlp" or said == listed, f"redirecting {said} is not {listed}"


def check(binary, source, rules, filters):
    report = call(binary, source, rules, ["report", *filters])
    if report["hypothetical"] or report["devices"]["selected"] > MOST:
        return 0
    classes = {member["bdf"]: member["class"] for group in report["groups"] for member in group}
    rows = [row for row in call(binary, source, rules, ["pairs", *filters])["pairs"]
            if row["provider"] != row["client"]]
    assert len(classes) == report["devices"]["selected"]
    check_summary(report, rows, classes)
    check_matrix(report, rows)
    check_findings(report, rows)
    check_redirecting(report, rows, rules)
    return len(rows)


def sources(captures, scratch):
    found = [plain(path, scratch) for path in all_captures(captures)]
    for seed in range(FABRICS):
        found.append(f"{scratch}/{seed}.tar")
        subprocess.run([sys.executable, TESTS / "generate" / "generate.py", "random", str(seed),
                        found[-1]], check=True)
    return found


def main():
    binary, captures = sys.argv[1], sys.argv[2]
    pairs = 0
    with tempfile.TemporaryDirectory() as scratch:
        for turn, source in enumerate(sources(captures, scratch)):
            # Each machine by every second rule set, and so with each filter.
            for number in range(turn % 2, len(RULES), 2):
                rules, filters = RULES[number], FILTERS[number % len(FILTERS)]
                try:
                    pairs += check(binary, source, rules, filters)
                except AssertionError as error:
                    print(f"{source}, rules {rules}, {filters}: {error}"[:2000])
                    return 1
    print(f"{pairs} pairs")
    return pairs == 0


if __name__ == "__main__":
    sys.exit(main())
