#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The files of contrib/ for Prometheus, Grafana and Kubernetes, held against what p2ptopo prints and
against the limits of their readers, which are written down here with their source."""
import json
import pathlib
import re
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("skipped: the Python module yaml is not installed (Debian: python3-yaml)")
    sys.exit(77)

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
CONTRIB = TOP / "contrib"
# node_exporter's own, of its textfile collector.
OF_NODE_EXPORTER = {"node_textfile_mtime_seconds"}
METRIC = re.compile(r"(?<![\w:])((?:\w+:)?(?:p2ptopo|node)_\w+(?::\w+)?)(?!\w|[:(])")


def documents(name):
    with open(CONTRIB / name, encoding="utf-8") as file:
        return list(yaml.safe_load_all(file))


def exact(what, value, required, optional=()):
    """An object has these keys and no others."""
    found = set(value)
    assert set(required) <= found <= set(required) | set(optional), (what, found)


# Metrics: each name in rules and dashboard is one that is written, with that label.

def written_metrics(binary):
    """Name: labels.  Those of the gate come only of a machine that has one, so the sources count; the
    manual and a real output agree with them."""
    source = "".join(file.read_text() for file in sorted((TOP / "src/p2ptopo/export").glob("prometheus*.c")))
    names = set(re.findall(r'"(p2ptopo_\w+)[",]', source))
    page = (TOP / "man/p2ptopo-export.1").read_text()
    assert names == set(re.findall(r"\b(p2ptopo_\w+)", page)), names ^ set(re.findall(r"\b(p2ptopo_\w+)", page))
    script = (CONTRIB / "p2ptopo-node-check").read_text()
    names |= set(re.findall(r"# TYPE (p2ptopo_\w+)", script))
    labels = {name: {"job", "instance", "pool"} for name in names}
    fixture = next((TOP / "tests/fixtures/generated-server-epyc-redirect").glob("tree.tar*"))
    output = subprocess.run([binary, "--from", fixture, "--kernel", "6.1", "export", "prometheus", "--measured",
                             TOP / "tests/fixtures/measured/nvbandwidth.txt"],
                            capture_output=True, text=True, check=True).stdout
    shown = set(re.findall(r"^(p2ptopo_\w+)\{", output, re.M))
    assert shown <= names and len(shown) >= 8, shown
    text = output + (script + source).replace("\\", "")
    for name, inside in re.findall(r"(p2ptopo_\w+)\{([^}]*)\}", text):
        labels.setdefault(name, set()).update(re.findall(r"(\w+)=", inside))
    for name in ("p2ptopo_acs_redirected_pairs", "p2ptopo_degraded_link_pairs"):
        labels[name].add("device")
    labels["node_textfile_mtime_seconds"] = {"job", "instance", "pool", "file"}
    return labels


def check_expression(where, text, labels, recorded):
    for name, inside in re.findall(r"([\w:]+)\{([^}]*)\}", text):
        asked = set(re.findall(r"(\w+)\s*=", inside))
        assert name in recorded or asked <= labels.get(name, set()), f"{where}: {name} has no {asked}"
    bare = re.sub(r'"[^"]*"|\{[^}]*\}', "", text)
    found = set(METRIC.findall(bare))
    assert found, f"{where}: no metric in {text}"
    for name in found:
        assert name in labels or name in recorded, f"{where}: {name} is not written by anybody"
    return found


def check_rules(labels):
    (rules,) = documents("prometheus/p2ptopo.rules.yml")
    recorded, alerts, used = {}, set(), set()
    for group in rules["groups"]:
        exact(group["name"], group, ("name", "rules"))
        for rule in group["rules"]:
            name = rule.get("record") or rule["alert"]
            found = check_expression(name, rule["expr"], labels, recorded)
            used |= found
            if "record" in rule:
                exact(name, rule, ("record", "expr"))
                recorded[name] = found | set().union(*(recorded.get(one, ()) for one in found))
                continue
            exact(name, rule, ("alert", "expr", "labels", "annotations"), ("for",))
            exact(name, rule["annotations"], ("summary", "description"))
            assert rule["labels"]["severity"] in ("warning", "critical") and "$labels.instance" in rule[
                "annotations"]["summary"], name
            alerts.add(name)
    assert OF_NODE_EXPORTER <= used
    (tests,) = documents("prometheus/p2ptopo.test.yml")
    fired = {one["alertname"] for test in tests["tests"] for one in test["alert_rule_test"] if one["exp_alerts"]}
    assert fired == alerts, f"alerts that no test makes fire: {alerts - fired}"
    return recorded


def check_dashboard(labels, recorded):
    board = json.loads((CONTRIB / "grafana/p2ptopo.json").read_text())
    variables = {one["name"] for one in board["templating"]["list"]}
    panels, cells = board["panels"], set()
    assert len({panel["id"] for panel in panels}) == len(panels) >= 10
    used = set()
    for panel in panels:
        place = panel["gridPos"]
        mine = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])}
        assert place["x"] + place["w"] <= 24 and not mine & cells, panel["title"]
        cells |= mine
        assert panel["targets"] and len({one["refId"] for one in panel["targets"]}) == len(panel["targets"])
        for target in panel["targets"]:
            used |= check_expression(panel["title"], target["expr"], labels, recorded)
            assert set(re.findall(r"\$(\w+)", target["expr"])) <= variables
            assert target["datasource"]["uid"] == "${datasource}"
    ours = {name for name in labels if name.startswith("p2ptopo_")}
    shown = used.union(*(recorded[name] for name in used if name in recorded))
    left = ours - shown - {"p2ptopo_check_exit_status"}
    assert not left, f"metrics that no panel shows: {left}"


# Kubernetes.  DNS-1123 labels: apimachinery, validation.go.

NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
META = ("name",), ("namespace", "labels")


def check_head(item, version, kind):
    assert (item["apiVersion"], item["kind"]) == (version, kind), item
    exact(kind, item["metadata"], *META)
    assert all(NAME.fullmatch(part) for part in item["metadata"]["name"].split("."))


def check_daemonset():
    """What it may do: read the host's sysfs, write three folders, one capability, nothing else."""
    namespace, item = documents("kubernetes/daemonset.yaml")
    check_head(namespace, "v1", "Namespace")
    check_head(item, "apps/v1", "DaemonSet")
    exact("DaemonSet", item, ("apiVersion", "kind", "metadata", "spec"))
    exact("spec", item["spec"], ("selector", "template"), ("updateStrategy",))
    template = item["spec"]["template"]
    assert item["spec"]["selector"]["matchLabels"].items() <= template["metadata"]["labels"].items()
    pod = template["spec"]
    exact("pod", pod, ("containers", "volumes", "automountServiceAccountToken"),
          ("tolerations", "enableServiceLinks"))
    assert pod["automountServiceAccountToken"] is False
    (container,) = pod["containers"]
    exact("container", container, ("name", "image", "securityContext", "resources", "volumeMounts"),
          ("args", "env"))
    context = container["securityContext"]
    exact("securityContext", context, ("runAsUser", "privileged", "readOnlyRootFilesystem", "capabilities",
                                       "seccompProfile"))
    # core/validation, ValidateSecurityContext: no allowPrivilegeEscalation: false beside CAP_SYS_ADMIN.
    assert context["capabilities"] == {"drop": ["ALL"], "add": ["SYS_ADMIN"]}
    assert context["readOnlyRootFilesystem"] is True and context["privileged"] is False
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == set(volumes)
    writable = {volumes[mount["name"]]["hostPath"]["path"] for mount in container["volumeMounts"]
                if not mount.get("readOnly")}
    assert writable == {"/run/p2ptopo-check", "/var/lib/node_exporter/textfile_collector",
                        "/etc/kubernetes/node-feature-discovery/features.d"}, writable
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    script = (CONTRIB / "p2ptopo-node-check").read_text()
    for variable in container["env"]:
        assert re.search(rf"\b{variable['name']}:?=", script), variable
        assert any(variable["value"].startswith(mount) for mount in mounts), variable
    assert container["args"] == json.loads(re.search(r"^CMD (.*)$", containerfile(), re.M).group(1))


def containerfile():
    return (CONTRIB / "kubernetes/Containerfile").read_text()


def check_containerfile(binary):
    """It installs what the build needs, and the libraries that the program is linked with or loads."""
    build, run = re.findall(r"apt-get install -y --no-install-recommends \\\n((?:.*\\\n)*.*?)(?: && .*)?$",
                            containerfile(), re.M)
    wanted = re.search(r'build_packages="([^"]*)"', (TOP / ".ci/packages.sh").read_text()).group(1).split()
    assert set(build.replace("\\", "").split()) == set(wanted) - {"pci.ids"}
    packages = {re.sub(r"t64$", "", name) for name in run.replace("\\", "").split()}
    needed = subprocess.run(["readelf", "-d", binary], capture_output=True, text=True, check=True).stdout
    libraries = set(re.findall(r"\(NEEDED\).*\[(lib[\w-]+\.so\.\d+)\]", needed)) - {"libc.so.6", "libm.so.6"}
    libraries |= {name.decode() for name in re.findall(rb'"soname":\["([^"]+)"', pathlib.Path(binary).read_bytes())}
    assert len(libraries) > 5 and "libarchive.so.13" in libraries
    for library in libraries:
        assert {"libz.so.1": "zlib1g"}.get(library, library.replace(".so.", "")) in packages, f"Containerfile: nothing installs {library}"
    for source in re.findall(r"^COPY (contrib/\S+)", containerfile(), re.M):
        assert (TOP / source).is_file(), source


# Node Feature Discovery, usage/customization-guide: operators of matchExpressions, effects of taints.

OPERATORS = {"In", "NotIn", "InRegexp", "Exists", "DoesNotExist", "Gt", "Ge", "Lt", "Le", "GtLt", "GeLe", "IsTrue",
             "IsFalse"}


def check_features(binary):
    (item,) = documents("kubernetes/nodefeaturerule.yaml")
    check_head(item, "nfd.k8s-sigs.io/v1alpha1", "NodeFeatureRule")
    fixture = next((TOP / "tests/fixtures/generated-server-epyc").glob("tree.tar*"))
    written = subprocess.run([binary, "--from", fixture, "export", "nfd"], capture_output=True, text=True,
                             check=True).stdout + (CONTRIB / "p2ptopo-node-check").read_text()
    deliveries = re.findall(r'\] = "([a-z-]+)"',
                            (TOP / "src/libp2ppolicy/verdict/ways/ways.c").read_text())
    for rule in item["spec"]["rules"]:
        exact(rule["name"], rule, ("name", "matchFeatures"), ("labels", "taints"))
        for taint in rule.get("taints", ()):
            exact("taint", taint, ("key", "value", "effect"))
            assert taint["effect"] in ("NoSchedule", "PreferNoSchedule", "NoExecute")
        for term in rule["matchFeatures"]:
            exact("term", term, ("feature", "matchExpressions"))
            assert term["feature"] == "local.label"
            for name, expression in term["matchExpressions"].items():
                assert f"{name}=" in written, f"{name}: nobody writes that label"
                assert expression["op"] in OPERATORS
                known = {"good", "mismatch", "unreadable"} if name.endswith("/check") else set(deliveries)
                assert set(expression["value"]) <= known, expression


# resource.k8s.io/v1, types.go: names of attributes are C identifiers of at most 32 bytes behind a domain of
# at most 63, strings have 64 bytes, a device has 32 attributes and capacities, a slice 128 devices.

def check_attribute(name, value):
    domain, _, identifier = name.partition("/")
    assert len(domain) <= 63 and re.fullmatch(r"[A-Za-z_]\w{0,31}", identifier), name
    (kind, content), = value.items()
    types = {"string": str, "bool": bool, "int": int, "version": str}
    assert type(content) is types[kind] and len(str(content)) <= 64, (name, value)
    return domain, kind


def check_claim(claim, published):
    requests = {}
    for request in claim["requests"]:
        exact("request", request, ("name", "exactly"))
        exact("exactly", request["exactly"], ("deviceClassName",), ("allocationMode", "count", "selectors"))
        assert NAME.fullmatch(request["name"])
        requests[request["name"]] = request
        for selector in request["exactly"].get("selectors", ()):
            for domain, name in re.findall(r'attributes\["([\w.]+)"\]\.\??(\w+)', selector["cel"]["expression"]):
                assert f"{domain}/{name}" in published, (domain, name)
    for constraint in claim["constraints"]:
        exact("constraint", constraint, ("requests", "matchAttribute"))
        assert set(constraint["requests"]) <= set(requests) and constraint["matchAttribute"] in published


def check_dra():
    piece, template, pod = documents("kubernetes/dra.yaml")
    check_head(piece, "resource.k8s.io/v1", "ResourceSlice")
    check_head(template, "resource.k8s.io/v1", "ResourceClaimTemplate")
    check_head(pod, "v1", "Pod")
    exact("slice", piece["spec"], ("driver", "nodeName", "pool", "devices"))
    published = dict(re.findall(r'put_attribute\(attributes, "(p2ptopo\.dev/\w+)",\s*"(\w+)"',
                                (TOP / "src/p2ptopo/export/dra.c").read_text()))
    assert len(published) == 5 and len(piece["spec"]["devices"]) <= 128
    for device in piece["spec"]["devices"]:
        exact("device", device, ("name", "attributes"))
        assert NAME.fullmatch(device["name"]) and len(device["attributes"]) <= 32
        for name, value in device["attributes"].items():
            domain, kind = check_attribute(name, value)
            # The names that Kubernetes reserves are the driver's to set, not ours.
            assert published.get(name) == kind or domain == "resource.kubernetes.io", name
        assert set(published) <= set(device["attributes"])
    check_claim(template["spec"]["spec"]["devices"], published)
    (claim,) = pod["spec"]["resourceClaims"]
    assert claim["resourceClaimTemplateName"] == template["metadata"]["name"]
    assert pod["spec"]["containers"][0]["resources"]["claims"] == [{"name": claim["name"]}]


# node-problem-detector, pkg/custompluginmonitor/types: what a configuration has.

def check_npd():
    config = json.loads((CONTRIB / "node-problem-detector/p2ptopo.json").read_text())
    exact("plugin", config, ("plugin", "pluginConfig", "source", "metricsReporting", "conditions", "rules"))
    exact("pluginConfig", config["pluginConfig"],
          ("invoke_interval", "timeout", "max_output_length", "concurrency",
           "enable_message_change_based_condition_update"))
    assert config["plugin"] == "custom"
    conditions = {one["type"] for one in config["conditions"]}

    def seconds(text):
        return int(re.fullmatch(r"(\d+)s", text).group(1))

    for one in config["conditions"]:
        exact("condition", one, ("type", "reason", "message"))
    for rule in config["rules"]:
        exact("rule", rule, ("type", "condition", "reason", "path", "timeout"), ("args",))
        assert rule["type"] == "permanent" and rule["condition"] in conditions
        assert (CONTRIB / "node-problem-detector" / pathlib.Path(rule["path"]).name).is_file()
        # A rule may not take longer than all of them.
        assert seconds(rule["timeout"]) <= seconds(config["pluginConfig"]["timeout"])


def check_settings():
    """The file of settings names each that the scripts know, with the default they have."""
    file = (CONTRIB / "p2ptopo-node-check.default").read_text()
    named = dict(re.findall(r"^#([A-Z_]+)=(.*)$", file, re.M))
    script = (CONTRIB / "p2ptopo-node-check").read_text()
    defaults = dict(re.findall(r'"\$\{([A-Z_0-9]+):?=([^}]*)\}"', script))
    for name, value in defaults.items():
        if name not in ("STATE", "P2PTOPO"):
            assert name in named and (named[name] == value or not value), (name, value, named.get(name))
    assert set(named) - set(defaults) == {"ON_UNREADABLE"}
    readme = (CONTRIB / "README.md").read_text()
    for path in CONTRIB.rglob("*"):
        if path.is_file() and path.name != "README.md":
            assert str(path.relative_to(CONTRIB)) in readme, f"README.md does not name {path.name}"


def main():
    binary = sys.argv[1]
    labels = written_metrics(binary)
    recorded = check_rules(labels)
    check_dashboard(labels, recorded)
    check_daemonset()
    check_containerfile(binary)
    check_features(binary)
    check_dra()
    check_npd()
    check_settings()
    print(f"{len(labels)} metrics, {len(recorded)} recorded; manifests keep to the limits of their readers")


if __name__ == "__main__":
    main()
