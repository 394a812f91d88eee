/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The topology while it is built.  p2p_topology_new() runs the steps below; each fills its own members and
 * reads only what earlier steps filled.
 */
#ifndef P2P_TOPOLOGY_BUILD_H
#define P2P_TOPOLOGY_BUILD_H

#include <p2ppolicy/topology.h>

#include "base/arena.h"
#include "snapshot/facts.h"

/** Lines of a `resource` file: 6 BARs, the ROM, 6 VF BARs, 4 bridge windows. */
#define P2P_RESOURCES 17u

/**
 * struct p2p_resource - one line of `resource`: CPU addresses, both ends included.
 * @flags: IORESOURCE_*, include/linux/ioport.h
 */
struct p2p_resource {
	uint64_t first, last, flags;
};

/**
 * struct p2p_build - what is known of one function while the topology is built.
 * @raw: NULL for a bridge known only from paths
 * @resources: @resource_count lines; 0 if there were none
 */
struct p2p_build {
	const struct p2p_raw *raw;
	const struct p2p_resource *resources;
	unsigned int resource_count;
};

/**
 * struct p2p_topology - @builds, which parallels @functions, and @scratch are freed once it is built.
 * @no_memory: an allocation failed; checked once at the end by steps that return nothing
 */
struct p2p_topology {
	const struct p2p_snapshot *snapshot;
	struct p2p_context *context;
	struct p2p_machine machine;
	struct p2p_function *functions;
	struct p2p_build *builds;
	size_t count;
	struct p2p_host_bridge *hosts;
	size_t host_count;
	struct p2p_note *notes;
	size_t note_count;
	struct p2p_arena arena, scratch;
	bool no_memory;
};

/** p2p_keep() - @count times @size zeroed bytes that live as long as the topology. */
void *p2p_keep(struct p2p_topology *topology, size_t count, size_t size);

/**
 * p2p_keep_text() - likewise, a terminated copy of at most @length characters.  What is not printable UTF-8
 *	becomes "?".
 */
char *p2p_keep_text(struct p2p_topology *topology, const char *text, size_t length);

/** p2p_scratch() - like p2p_keep(), but only until the topology is built. */
void *p2p_scratch(struct p2p_topology *topology, size_t count, size_t size);

/** p2p_header_decode() - identity, header type and class from sysfs and the first 64 bytes. */
void p2p_header_decode(struct p2p_function *function, const struct p2p_raw *raw);

/** p2p_caps_decode() - every capability of one function.  Needs the header. */
void p2p_caps_decode(struct p2p_function *function, const struct p2p_config *config);

/** p2p_link_build() - the link, from sysfs where config space does not tell it. */
void p2p_link_build(struct p2p_topology *topology);

/**
 * p2p_link_stand_in() - the upstream port of the card's own switch, if the link registers of @function are
 *	known to be wrong; NULL otherwise.
 */
const struct p2p_function *p2p_link_stand_in(const struct p2p_function *function);

/** p2p_link_correct() - use the link of that port instead.  Needs the links of all functions. */
void p2p_link_correct(struct p2p_function *function);

/**
 * p2p_acs_is_dword() - is it an Intel root port whose ACS Capability and Control are dwords?
 *	drivers/pci/quirks.c, pci_quirk_intel_spt_pch_acs_match().
 */
bool p2p_acs_is_dword(const struct p2p_function *function);

/** p2p_caps_inherit() - take over what a VF shares with its PF.  Needs both decoded. */
void p2p_caps_inherit(struct p2p_function *vf, const struct p2p_function *pf);

/**
 * p2p_tree_functions() - make @functions, including bridges known only from paths, in BDF order.
 * Return: 0 or -ENOMEM.
 */
int p2p_tree_functions(struct p2p_topology *topology);

/**
 * p2p_tree_link() - parents, host bridges, children and depths.  Needs headers and capabilities.
 * Return: 0 or -ENOMEM.
 */
int p2p_tree_link(struct p2p_topology *topology);

/**
 * p2p_tree_list() - children, functions on root buses and depths, from parents and host bridges.
 * Return: 0 or -ENOMEM.
 */
int p2p_tree_list(struct p2p_topology *topology);

/** p2p_tree_find() - as p2p_topology_find(), for builders. */
struct p2p_function *p2p_tree_find(const struct p2p_topology *topology, struct p2p_bdf bdf);

/** p2p_order_build() - which function of each root bus comes first in the kernel's list. */
void p2p_order_build(struct p2p_topology *topology);

/** p2p_list_build() - for a list of functions, what may be missing from it.  Needs the host bridges. */
void p2p_list_build(struct p2p_topology *topology);

/** p2p_chipset_build() - whether the chipset of each root bus isolates root ports that lack ACS. */
void p2p_chipset_build(struct p2p_topology *topology);

/** p2p_bars_build() - BARs, host bridge offsets, windows and pools. */
void p2p_bars_build(struct p2p_topology *topology);

/** p2p_locality_build() - NUMA node, CPUs, IOMMU group, driver, power state, OS names. */
void p2p_locality_build(struct p2p_topology *topology);

/** p2p_machine_build() - facts of the machine as a whole. */
void p2p_machine_build(struct p2p_topology *topology);

/** p2p_stack_build() - what drivers and kernel report about themselves; see stack.def. */
void p2p_stack_build(struct p2p_topology *topology);

/** p2p_peers_build() - what GPU and RDMA drivers report about single functions. */
void p2p_peers_build(struct p2p_topology *topology);

/** p2p_arm_name() - name of an ARM core, from two fields of its MIDR; NULL if not known. */
const char *p2p_arm_name(struct p2p_number implementer, struct p2p_number part);

/**
 * p2p_iommu_build() - whether an IOMMU is in use, and whether it translates by default.  Needs groups, CPU,
 *	command line and whether this is a guest.
 */
void p2p_iommu_build(struct p2p_topology *topology);

/** p2p_config_file() - the kernel configuration at location @index; NULL past the last. */
const struct p2p_file *p2p_config_file(const struct p2p_topology *topology, size_t index);

/** p2p_config_line() - 1 or 0: is CONFIG_@option set in that file? */
struct p2p_number p2p_config_line(const struct p2p_file *config, const char *option);

/** p2p_config_option() - 1 or 0: is CONFIG_@option set in the kernel configuration? */
struct p2p_number p2p_config_option(const struct p2p_topology *topology, const char *option);

/** p2p_guest_build() - whether this is a virtual machine, of which hypervisor, and which functions are emulated. */
void p2p_guest_build(struct p2p_topology *topology);

/**
 * p2p_names_build() - names from pci.ids and hwdb.
 * @pci_ids: NULL for the system's file
 * Return: 0; -ENOENT, -EBADMSG or another errno if @pci_ids cannot be read; -ENOMEM.
 */
int p2p_names_build(struct p2p_topology *topology, const char *pci_ids);

/** p2p_display_build() - physical slots, and exactly one display name for each function. */
void p2p_display_build(struct p2p_topology *topology);

/** p2p_hwloc_build() - locality and OS names that sysfs lacks.  Failure is not an error. */
void p2p_hwloc_build(struct p2p_topology *topology);

/** p2p_locality_check() - drop NUMA nodes and CPU lists that no kernel can have. */
void p2p_locality_check(struct p2p_topology *topology);

/** p2p_hosts_locate() - the NUMA node of each host bridge. */
void p2p_hosts_locate(struct p2p_topology *topology);

/** p2p_switches_build() - which ports belong to one chip. */
void p2p_switches_build(struct p2p_topology *topology);

/**
 * p2p_report_build() - build all of it from a report instead of facts.
 * Return: 0; -EBADMSG if the report is damaged; -ENOMEM.
 */
int p2p_report_build(struct p2p_topology *topology, struct json_object *report);

/** p2p_notes_build() - what a user should know that is not a property of one pair. */
void p2p_notes_build(struct p2p_topology *topology);

/** p2p_is_vfio() - is it a driver that passes devices through to user space or guests?  NULL: no. */
bool p2p_is_vfio(const char *driver);

/** p2p_function_may_be_passed() - has it such a driver, or one that is not known?  Its IOMMU domain is then another's. */
bool p2p_function_may_be_passed(const struct p2p_function *function);

/** p2p_note() - add a note: formatted text, sanitized like p2p_keep_text() does. */
void p2p_note(struct p2p_topology *topology, const struct p2p_function *function,
	      const char *format, ...) __attribute__((format(printf, 3, 4)));

/** p2p_class_of() - the class as users think of it. */
enum p2p_class p2p_class_of(uint32_t class_code, uint16_t vendor, uint16_t device);

/** p2p_file_at() - as p2p_snapshot_file(), with a printf-style path. */
const struct p2p_file *p2p_file_at(const struct p2p_topology *topology, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** p2p_file_lines() - the text of a file; "" if it was not read. */
const char *p2p_file_lines(const struct p2p_file *file);

/** p2p_next_line() - what follows the first line of @text. */
const char *p2p_next_line(const char *text);

/** p2p_line_value() - what follows the first @name and @separator at the start of a line; NULL if none. */
const char *p2p_line_value(const struct p2p_file *file, const char *name, char separator);

/** p2p_file_text() - the first line of a file, kept; NULL if it was not read. */
const char *p2p_file_text(struct p2p_topology *topology, const struct p2p_file *file);

/** p2p_file_number() - a number in C notation, alone in a file (a newline may follow). */
struct p2p_number p2p_file_number(const struct p2p_file *file);

#endif
