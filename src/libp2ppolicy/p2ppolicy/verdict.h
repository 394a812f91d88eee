/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The verdict on one ordered pair: what the kernel's p2pdma code decides, what the switches
 * do, and how the two functions relate.  Pure: the same topology and rules give the same answer.
 *
 * The provider owns the memory (BAR, CMB); the client issues the DMA.
 */
#ifndef P2PPOLICY_VERDICT_H
#define P2PPOLICY_VERDICT_H

#include <p2ppolicy/topology.h>

/** enum p2p_map_type - the kernel's enum pci_p2pdma_map_type, and "not known". */
enum p2p_map_type {
	P2P_MAP_UNKNOWN,
	P2P_MAP_NOT_SUPPORTED,
	P2P_MAP_THRU_HOST_BRIDGE,
	P2P_MAP_BUS_ADDR,
	P2P_MAP_TYPES
};

/**
 * enum p2p_relation - how two functions relate, in NVIDIA's terms.
 * @P2P_RELATION_UNKNOWN: no common bridge, and on a machine with several nodes theirs are not known
 * @P2P_RELATION_X: the same function
 * @P2P_RELATION_PIX: a common bridge and at most one switch between (hops <= 4)
 * @P2P_RELATION_PXB: any other common bridge
 * @P2P_RELATION_PHB: the same host bridge, no common bridge
 * @P2P_RELATION_NODE: several host bridges of one NUMA node
 * @P2P_RELATION_SYS: across NUMA nodes
 */
enum p2p_relation {
	P2P_RELATION_UNKNOWN,
	P2P_RELATION_X,
	P2P_RELATION_PIX,
	P2P_RELATION_PXB,
	P2P_RELATION_PHB,
	P2P_RELATION_NODE,
	P2P_RELATION_SYS,
	P2P_RELATIONS
};

struct p2p_rules;
struct p2p_eval;

/**
 * p2p_rules_find() - a rule set by name: "4.20" "5.2" ... "7.3" "next" "tlp".
 * Return: a borrowed constant row, NULL if there is none with that name.
 */
const struct p2p_rules *p2p_rules_find(const char *name);

/**
 * p2p_rules_is_known() - does p2p_eval_new() accept @kernel: "auto", a rule set, or a release that has
 *	p2pdma, such as "6.8.0-45-generic"?
 */
bool p2p_rules_is_known(const char *kernel);

/** p2p_rules_at() - the rule set at @index, oldest first; NULL past the end. */
const struct p2p_rules *p2p_rules_at(size_t index);

/** p2p_rules_name() - its name. */
const char *p2p_rules_name(const struct p2p_rules *rules);

/** p2p_rules_is_experimental() - is it a patch series that has not been merged? */
bool p2p_rules_is_experimental(const struct p2p_rules *rules);

/**
 * p2p_rules_for_release() - the rules of a kernel release such as "6.1.0-40-amd64".
 * @release: NULL or unreadable gives the newest released set
 * @ret_exact: set to false if @release is newer than every set, older than p2pdma (4.20),
 *	not readable, or of a vendor known to add whitelist rows
 *
 * A release between two sets gets the older of them; an evaluator made with "auto" still uses the
 * clauses and whitelist rows of the release itself.
 */
const struct p2p_rules *p2p_rules_for_release(const char *release, bool *ret_exact);

/** enum p2p_reason - reason for the kernel's decision; each has a row in the table of sentences. */
enum p2p_reason {
	P2P_REASON_NONE,
	P2P_REASON_SWITCH,		/* common bridge, nothing redirects: BUS_ADDR */
	P2P_REASON_SELF,		/* provider is client, nothing redirects */
	P2P_REASON_HOST_LISTED,		/* through host bridges the kernel lists */
	P2P_REASON_CPU_ZEN,		/* through the root complex of an AMD Zen */
	P2P_REASON_ACS_REFUSED,		/* redirect, and host bridge not listed (or not looked up) */
	P2P_REASON_HOST_NOT_LISTED,	/* no common bridge, host bridge not listed */
	P2P_REASON_HOST_SAME_ONLY,	/* listed for one host bridge only, and there are two */
	P2P_REASON_NO_ROOT_DEVICE,	/* the kernel finds no device to compare with its list */
	P2P_REASON_NO_COMMON,		/* 4.20: no common bridge is never permitted */
	P2P_REASON_IOMMU_PRESENT,	/* 5.2, 5.3: never through a host bridge with an IOMMU */
	P2P_REASON_NOT_COMPILED,	/* kernel without CONFIG_PCI_P2PDMA */
	P2P_REASON_ACS_UNKNOWN,		/* a fact is missing: ACS of functions on the path */
	P2P_REASON_ROOT_UNKNOWN,	/* identity or port type of the root device */
	P2P_REASON_CPU_UNKNOWN,
	P2P_REASON_IOMMU_UNKNOWN,
	P2P_REASON_P2PDMA_UNKNOWN,	/* is CONFIG_PCI_P2PDMA compiled in */
	P2P_REASON_TLP_BLOCKED,		/* rule set tlp */
	P2P_REASON_PATH_UNKNOWN,	/* the bridges above one of them are not known */
	P2P_REASONS
};

/**
 * struct p2p_root - what the kernel compares with its whitelist for one side.
 * @fact: ABSENT: the kernel finds no device; DENIED: not known
 * @device: the function compared
 * @row: the row that matched, as text ("8086:09a2"); NULL none
 * @same_bridge_only: the row demands the same host bridge for both (REQ_SAME_HOST_BRIDGE)
 */
struct p2p_root {
	enum p2p_fact fact;
	const struct p2p_function *device;
	const char *row;
	bool same_bridge_only;
};

/**
 * struct p2p_kernel - what pci_p2pdma_distance_many() and the map path decide.
 * drivers/pci/p2pdma.c, calc_map_type_and_dist().
 * @distance: as the function returns it: -1 refused; valid if @map_type is known
 * @hops: the kernel's internal sum, for every pair: from both to the common device, or both depths
 *	if there is none
 * @common: the common device, NULL none
 * @redirects: number of functions that redirect, as p2p_eval_redirects() lists them
 * @unread: number of tested functions whose ACS is unknown
 * @cpu_listed: the CPU rule (AMD Zen since 5.9) holds
 */
struct p2p_kernel {
	enum p2p_map_type map_type;
	int distance;
	unsigned int hops;
	const struct p2p_function *common;
	unsigned int redirects, unread;
	struct p2p_root provider_root, client_root;
	enum p2p_tri cpu_listed;
	enum p2p_reason reason;
};

/** enum p2p_route_kind - what the switches do with a TLP. */
enum p2p_route_kind {
	P2P_ROUTE_UNKNOWN,
	P2P_ROUTE_DIRECT,
	P2P_ROUTE_REDIRECTED,
	P2P_ROUTE_BLOCKED,
};

/**
 * struct p2p_route - the route of one kind of TLP, and why.
 * @port: the function whose register decided or, if the route is unknown, the one whose register
 *	is missing or leaves it open; NULL none
 * @bits: the P2P_ACS_* bits of its control that decided
 * @why: one short constant sentence
 */
struct p2p_route {
	enum p2p_route_kind kind;
	const struct p2p_function *port;
	uint16_t bits;
	const char *why;
};

/**
 * struct p2p_fabric - the hardware's route.  PCIe r6.0, sec 6.12.3, "ACS Peer-to-Peer Control
 *	Interactions".
 * @request: untranslated memory requests (AT=00b), decided on the client's side of the turning
 *	point
 * @translated: translated memory requests (AT=10b), likewise
 * @completion: read completions without relaxed ordering, decided on the provider's side
 * @completion_relaxed: read completions with relaxed ordering
 */
struct p2p_fabric {
	struct p2p_route request, translated, completion, completion_relaxed;
};

/**
 * struct p2p_verdict - all of it for one ordered pair.
 * @eval: the evaluator that made it; NULL in one that was not made by p2p_eval_pair()
 * @machine: the machine of both
 */
struct p2p_verdict {
	const struct p2p_eval *eval;
	const struct p2p_machine *machine;
	const struct p2p_function *provider, *client;
	enum p2p_relation relation;
	struct p2p_kernel kernel;
	struct p2p_fabric fabric;
};

/**
 * p2p_eval_new() - prepare to evaluate pairs by one rule set.
 * @topology: must outlive the evaluator
 * @kernel: name of a rule set; a release, which is assumed to be built with CONFIG_PCI_P2PDMA; or
 *	"auto": the rules of the machine's release, and "not_supported" for every pair if its
 *	kernel lacks CONFIG_PCI_P2PDMA
 * @ret_eval: owned by the caller; free with p2p_eval_free()
 *
 * Return: 0; -EINVAL @kernel is none of these (p2p_context_error() lists them); -ENOMEM.
 */
int p2p_eval_new(struct p2p_context *context, const struct p2p_topology *topology,
		  const char *kernel, struct p2p_eval **ret_eval);

/** p2p_eval_free() - NULL is fine.  Return: NULL. */
struct p2p_eval *p2p_eval_free(struct p2p_eval *eval);

/** p2p_eval_topology() - the topology it evaluates. */
const struct p2p_topology *p2p_eval_topology(const struct p2p_eval *eval);

/** p2p_eval_rules() - the rule set in use. */
const struct p2p_rules *p2p_eval_rules(const struct p2p_eval *eval);

/**
 * p2p_eval_rules_note() - one sentence if "auto" had to choose: no release recorded, newer or
 *	older than every set, kernel without CONFIG_PCI_P2PDMA, or a kernel known to have its own
 *	whitelist rows.  NULL: nothing to say.
 */
const char *p2p_eval_rules_note(const struct p2p_eval *eval);

/**
 * p2p_eval_pair() - the verdict on one ordered pair.  O(depth), no allocation.
 * @provider, @client: of the evaluator's topology
 */
void p2p_eval_pair(const struct p2p_eval *eval, const struct p2p_function *provider,
		    const struct p2p_function *client, struct p2p_verdict *ret_verdict);

/**
 * p2p_eval_redirects() - the functions that redirect, in the kernel's order: from the provider
 *	upward, the common device included, then from the client upward below it.  Empty when
 *	there is no common device.
 * @list: room for @size pointers; functions that do not fit are counted but not stored
 *
 * Return: how many there are.
 */
size_t p2p_eval_redirects(const struct p2p_eval *eval,
			   const struct p2p_verdict *verdict,
			   const struct p2p_function **list, size_t size);

/** p2p_eval_unread() - likewise for the tested functions whose ACS is unknown. */
size_t p2p_eval_unread(const struct p2p_eval *eval,
			const struct p2p_verdict *verdict,
			const struct p2p_function **list, size_t size);

/**
 * p2p_eval_reason() - the reason for the kernel's decision, in one sentence that names the functions
 *	and registers.
 * @buffer: filled with at most @size bytes, the terminating zero included
 *
 * Return: the length of the sentence, as snprintf().
 */
int p2p_eval_reason(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		     char *buffer, size_t size);

/**
 * p2p_eval_message() - the line that this kernel would log for the pair if asked verbosely, without
 *	the device prefix; "" if it logs none.  Several lines are separated by newlines.
 * Return: as p2p_eval_reason().
 */
int p2p_eval_message(const struct p2p_eval *eval, const struct p2p_verdict *verdict,
		      char *buffer, size_t size);

/**
 * struct p2p_group - functions with the same answers.
 * @members: in BDF order
 *
 * For two groups every pair (member of one, member of the other) has the same relation, map
 * type, distance, hops and fabric routes; so has every pair of different members of one group,
 * and every pair of a member with itself.
 */
struct p2p_group {
	const struct p2p_function *const *members;
	size_t count;
};

struct p2p_groups;

/**
 * p2p_groups_new() - group @functions that have the same answers.
 * @functions: of the evaluator's topology; @count of them
 * @ret_groups: owned by the caller; free with p2p_groups_free()
 * Return: 0 or -ENOMEM.
 */
int p2p_groups_new(const struct p2p_eval *eval,
		   const struct p2p_function *const *functions, size_t count,
		   struct p2p_groups **ret_groups);

/** p2p_groups_free() - NULL is fine.  Return: NULL. */
struct p2p_groups *p2p_groups_free(struct p2p_groups *groups);

/** p2p_groups_at() - the group at @index, by first member; NULL past the end. */
const struct p2p_group *p2p_groups_at(const struct p2p_groups *groups, size_t index);

/** p2p_groups_count() - number of groups. */
size_t p2p_groups_count(const struct p2p_groups *groups);

/**
 * struct p2p_summary - numbers of ordered pairs of different functions, by answer.
 */
struct p2p_summary {
	uint64_t pairs[P2P_RELATIONS][P2P_MAP_TYPES];
};

/**
 * p2p_eval_summary() - count the answers for all ordered pairs of different members of
 *	@functions, in time that grows with functions and depth, not with pairs.
 * Return: 0 or -ENOMEM.
 */
int p2p_eval_summary(const struct p2p_eval *eval,
		      const struct p2p_function *const *functions, size_t count,
		      struct p2p_summary *ret_summary);

/** p2p_map_type_name() - "unknown", "not_supported", "thru_host_bridge", "bus_addr". */
const char *p2p_map_type_name(enum p2p_map_type type);

/** p2p_relation_name() - "X", "PIX", ...; NULL for P2P_RELATION_UNKNOWN. */
const char *p2p_relation_name(enum p2p_relation relation);

/** p2p_route_name() - "unknown", "direct", "redirected", "blocked". */
const char *p2p_route_name(enum p2p_route_kind kind);

/**
 * enum p2p_ability - whether a driver can provide or use peer memory.
 * @P2P_ABILITY_CPU: no, the CPU touches the data (software RDMA and the like)
 */
enum p2p_ability { P2P_ABILITY_UNKNOWN, P2P_ABILITY_YES, P2P_ABILITY_CONDITIONAL, P2P_ABILITY_NO,
		   P2P_ABILITY_CPU };

/**
 * struct p2p_driver - what a driver can do with peer memory.
 * @gives, @takes: as provider, as client
 * @since: kernel release that added it, NULL unknown
 * @how: by what interface, and under what condition
 * @source: where this was read: files of kernel 7.3.4 unless it says otherwise
 */
struct p2p_driver {
	const char *name;
	enum p2p_ability gives, takes;
	const char *since, *how, *source;
};

/** p2p_driver_at() - the row at @index; NULL past the end. */
const struct p2p_driver *p2p_driver_at(size_t index);

/**
 * p2p_driver_find() - the row of a driver; NULL if it is not in the table, which does not mean "no".
 * @name: as in sysfs ("mlx5_core", "vfio-pci"); NULL finds nothing
 */
const struct p2p_driver *p2p_driver_find(const char *name);

/** p2p_ability_name() - "unknown", "yes", "conditional", "no", "cpu-touches-data". */
const char *p2p_ability_name(enum p2p_ability ability);

#endif
