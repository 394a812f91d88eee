# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines as they are built: the fixtures whose names begin with `generated-`."""

from configspace import *               # the whole vocabulary
from fabric import Fabric

REDIRECT, CLEAN = 0x1d, 0x00


def gpu_server(cpu, redirect, root_ids, host_ids):
    """Two sockets, four switches: on each two GPUs, two NICs, an NVMe drive and the switch's
    own DMA function; boot drive and management on the first socket."""
    machine = Fabric(cpu=cpu, nodes=2, iommu=redirect)
    control = REDIRECT if redirect else CLEAN
    for switch in range(4):
        node = switch // 2
        host = machine.host(bus=0x10 + 0x30 * switch, node=node)
        if host_ids:
            host.endpoint(0, "hostbridge", ids=host_ids)
        root = host.port(ROOT_PORT, 0x08, ids=root_ids, speed=5, acs=control)
        up = root.port(UPSTREAM, 0, speed=5, serial=0x00107018c0300000 + switch)
        for slot, what in enumerate(("gpu", "nic", "gpu", "nic", "nvme", "swdma")):
            down = up.port(DOWNSTREAM, slot << 3, speed=5, acs=control)
            device = down.endpoint(0, what, ats=True if what in ("gpu", "nic") else None,
                                   serial=0x0002c903000a0000 + 16 * switch + slot)
            if what == "gpu":
                device.group = 100 + 2 * switch + slot // 2
    first = machine.host(bus=0, node=0)
    if host_ids:
        first.endpoint(0, "hostbridge", ids=host_ids)
    first.port(ROOT_PORT, 0x08, ids=root_ids, acs=control).endpoint(0, "nvme")
    bridge = first.port(ROOT_PORT, 0x10, ids=root_ids, acs=control).port(PCI_BRIDGE, 0)
    bridge.endpoint(0, "vga", config_size=256)
    return machine


def workstation():
    """One socket: a GPU with its audio function on the CPU's port, two drives, and a chipset
    whose switch has ACS on some ports only."""
    machine = Fabric(cpu="amd", nodes=1)
    host = machine.host()
    host.endpoint(0, "hostbridge", ids=(0x1022, 0x1480), config_size=256)
    # Without a function 0 a kernel looks no further in a slot.
    host.endpoint(0x08, "hostbridge", ids=(0x1022, 0x1482), config_size=256)
    graphics = host.port(ROOT_PORT, 0x09, ids=(0x1022, 0x1483), acs=REDIRECT)
    graphics.endpoint(0, "gpu", serial=None)
    graphics.endpoint(1, "hdmi")
    host.port(ROOT_PORT, 0x0a, ids=(0x1022, 0x1483), acs=REDIRECT, width=4).endpoint(0, "nvme")
    up = host.port(ROOT_PORT, 0x0b, ids=(0x1022, 0x1483), acs=CLEAN).port(
        UPSTREAM, 0, ids=(0x1022, 0x57ad))
    for slot, what, acs in ((1, "nvme", CLEAN), (2, "eth", None), (3, "nvme", REDIRECT),
                            (4, "fpga", CLEAN)):
        port = up.port(DOWNSTREAM, slot << 3, ids=(0x1022, 0x57a3), acs=acs)
        port.endpoint(0, what)
    usb = up.port(DOWNSTREAM, 0x40, ids=(0x1022, 0x57a4), acs=CLEAN)
    usb.endpoint(0, "usb", speed=4, width=16)
    usb.endpoint(1, "sata", speed=4, width=16)
    return machine


def vmd():
    """Intel VMD: drives in a domain of their own below an integrated endpoint, and a 32-bit
    domain number; one drive outside."""
    machine = Fabric(cpu="intel", nodes=2)
    for node in (0, 1):
        host = machine.host(bus=0x16 + 0x69 * node, node=node)
        host.endpoint(0, "dsa", ids=(0x8086, 0x2020))
        host.port(ROOT_PORT, 0x10, ids=(0x8086, 0x2031), acs=CLEAN).endpoint(0, "nvme")
        host.endpoint(0x28, "hostbridge", ids=(0x8086, 0x2024))
        inside = host.endpoint(0x2d, "vmd").behind(0x10000 + node)
        for slot in (2, 3):
            port = inside.port(ROOT_PORT, slot << 3, ids=(0x8086, 0x2032),
                               acs=CLEAN if slot == 2 else REDIRECT)
            port.endpoint(0, "nvme")
    return machine


def wide_domains():
    """Machines of other kinds number their domains beyond 16 bits; no whitelisted root."""
    machine = Fabric(cpu="arm", nodes=2)
    for node, domain in enumerate((0x10e0b00, 0x4e0b00)):
        host = machine.host(domain=domain, bus=0, node=node)
        port = host.port(ROOT_PORT, 0, ids=(0x1014, 0x04c1), acs=CLEAN)
        up = port.port(UPSTREAM, 0)
        for slot, what in ((0, "nvme"), (1, "nic")):
            up.port(DOWNSTREAM, slot << 3, acs=CLEAN).endpoint(0, what)
    return machine


def sriov_server():
    """Zen with SR-IOV: a NIC of two PFs with eight VFs, one of 20 VFs on the next bus, and an
    unprivileged view of the second switch (64 bytes of config)."""
    machine = Fabric(cpu="amd", nodes=1, iommu=True)
    host = machine.host()
    host.endpoint(0, "hostbridge", ids=(0x1022, 0x1480), config_size=256)
    port = host.port(ROOT_PORT, 0x09, ids=(0x1022, 0x1483), acs=REDIRECT)
    port.endpoint(0, "nic", acs=CLEAN).virtual(4)
    port.endpoint(1, "nic", acs=CLEAN).virtual(4)
    up = host.port(ROOT_PORT, 0x0a, ids=(0x1022, 0x1483), acs=CLEAN).port(UPSTREAM, 0)
    up.port(DOWNSTREAM, 0x00, acs=CLEAN).endpoint(0, "nic").virtual(20)
    up.port(DOWNSTREAM, 0x08, acs=CLEAN).endpoint(0, "gpu")
    blind = host.port(ROOT_PORT, 0x0b, ids=(0x1022, 0x1483), acs=CLEAN).port(UPSTREAM, 0)
    for slot, what in ((0, "gpu"), (1, "nvme")):
        down = blind.port(DOWNSTREAM, slot << 3, acs=CLEAN, config_size=64)
        down.endpoint(0, what, config_size=64)
    return machine


DESKTOP = {
    "proc/sys/kernel/osrelease": "6.1.90\n",
    "proc/cmdline": "BOOT_IMAGE=/vmlinuz-6.1.90 root=/dev/nvme0n1p2 ro quiet intel_iommu=on "
                    "pci=disable_acs_redir=0000:02:00.0,0000:02:01.0\n",
    "boot/config-6.1.90": "CONFIG_64BIT=y\nCONFIG_PCI=y\nCONFIG_ZONE_DEVICE=y\n"
                          "CONFIG_PCI_P2PDMA=y\n# CONFIG_DMABUF_MOVE_NOTIFY is not set\n"
                          "CONFIG_HSA_AMD=y\n# CONFIG_HSA_AMD_P2P is not set\n",
}


def desktop():
    """A client CPU whose host bridge no kernel lists; two GPUs with small BARs behind a switch
    on the CPU's port, a slot of it free, and a third GPU on the chipset.  Every port redirects
    but one: the command line has a comma where a semicolon must be."""
    machine = Fabric(cpu="desktop", nodes=1, iommu=True, files=DESKTOP)
    host = machine.host()
    host.endpoint(0, "hostbridge", ids=(0x8086, 0x4c43), config_size=256)
    root = host.port(ROOT_PORT, 0x08, ids=(0x8086, 0x4c01), acs=REDIRECT)
    up = root.port(UPSTREAM, 0, ids=(0x1000, 0xc010))
    for slot in range(3):
        down = up.port(DOWNSTREAM, slot << 3, ids=(0x1000, 0xc010),
                       acs=REDIRECT if slot else 0x11)
        if slot < 2:
            down.endpoint(0, "igpu", more=[rebar(0, 8, range(8, 16))])
    chipset = host.port(ROOT_PORT, 0xe0, ids=(0x8086, 0xa290), width=4,
                        acs_raw=acs_dword(REDIRECT))
    chipset.endpoint(0, "igpu", more=[rebar(0, 8, range(8, 16))])
    drive = host.port(ROOT_PORT, 0x30, ids=(0x8086, 0x4c09), width=4, acs=REDIRECT)
    drive.endpoint(0, "nvme")
    return machine


XEON = {"root_ids": (0x8086, 0x2030), "host_ids": None}
EPYC = {"root_ids": (0x1022, 0x14ab), "host_ids": (0x1022, 0x14a4)}
ICX = {"root_ids": (0x8086, 0x347a), "host_ids": (0x8086, 0x09a2)}
BROADWELL = {"root_ids": (0x8086, 0x6f02), "host_ids": (0x8086, 0x6f00)}
SERVER = """Two sockets, four PCIe switches, 8 GPUs, 8 NICs, NVMe drives."""

SHAPES = {
    "server-epyc": lambda: gpu_server("amd", False, **EPYC),
    "server-epyc-redirect": lambda: gpu_server("amd", True, **EPYC),
    "server-skylake": lambda: gpu_server("intel", False, **XEON),
    "server-icelake-redirect": lambda: gpu_server("intel", True, **ICX),
    "server-broadwell-redirect": lambda: gpu_server("intel", True, **BROADWELL),
    "workstation": workstation,
    "desktop": desktop,
    "vmd": vmd,
    "wide-domains": wide_domains,
    "sriov": sriov_server,
}

ABOUT = {
    "server-epyc": SERVER + "\nAMD Zen 4; no IOMMU, no ACS redirect.",
    "server-epyc-redirect": SERVER + "\nAMD Zen 4; IOMMU on, every port redirects.",
    "server-skylake": SERVER + "\nIntel Skylake-SP, no device 00.0 on its root buses: the first "
                      "root port is on the whitelist.\nNo ACS redirect.",
    "server-icelake-redirect": SERVER + "\nIntel Ice Lake-SP (whitelisted); every port redirects.",
    "server-broadwell-redirect": SERVER + "\nIntel Broadwell-EP (whitelisted after 7.3 only); "
                                 "every port redirects.",
    "workstation": "AMD Ryzen with a chipset switch that has ACS on some of its ports.",
    "desktop": "An Intel client CPU (host bridge 8086:4c43, on no kernel's list), GPUs with BARs of\n"
               "256 MiB behind a switch that redirects, and a comma on the kernel command line\n"
               "where a semicolon must be.",
    "vmd": "Intel VMD: drives in domains 10000 and 10001, nested below an endpoint.",
    "wide-domains": "An Arm machine with domain numbers beyond 16 bits.",
    "sriov": "SR-IOV: PFs with VFs on their own bus and on the next one; one switch whose ports\n"
             "were read without privilege (64 bytes of configuration space).",
}
