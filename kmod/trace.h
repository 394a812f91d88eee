/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM p2pgate

#if !defined(P2PGATE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define P2PGATE_TRACE_H

#include <linux/pci.h>
#include <linux/tracepoint.h>

#include "gate.h"

/* User space tools decode events by the format file, which needs numbers for these. */
TRACE_DEFINE_ENUM(P2PGATE_LISTED);
TRACE_DEFINE_ENUM(P2PGATE_SELF);
TRACE_DEFINE_ENUM(P2PGATE_PROMOTED);
TRACE_DEFINE_ENUM(P2PGATE_NOT_LISTED);
TRACE_DEFINE_ENUM(P2PGATE_NOT_PCI);
TRACE_DEFINE_ENUM(P2PGATE_NO_PROVIDER);
TRACE_DEFINE_ENUM(P2PGATE_OBSERVE);
TRACE_DEFINE_ENUM(P2PGATE_ENFORCE);

#define gate_bdf(dev) ((dev) ? (u64)pci_domain_nr((dev)->bus) << 16 | pci_dev_id(dev) : ~0ULL)

/* An unknown function prints as ffffffff:ff:1f.7. */
TRACE_EVENT(p2pgate_decision,
	TP_PROTO(const struct gate_ask *ask, u32 mode),
	TP_ARGS(ask, mode),
	TP_STRUCT__entry(
		__field(u64, provider)
		__field(u64, client)
		__field(u64, address)
		__field(u32, hook)
		__field(u32, reason)
		__field(u32, mode)
	),
	TP_fast_assign(
		__entry->provider = gate_bdf(ask->provider);
		__entry->client = gate_bdf(ask->client);
		__entry->address = ask->address;
		__entry->hook = ask->hook;
		__entry->reason = ask->reason;
		__entry->mode = mode;
	),
	TP_printk("provider=%04x:%02x:%02x.%x client=%04x:%02x:%02x.%x address=%#llx hook=%s reason=%s mode=%s",
		  (u32)(__entry->provider >> 16), (u8)(__entry->provider >> 8),
		  (u32)PCI_SLOT(__entry->provider), (u32)PCI_FUNC(__entry->provider),
		  (u32)(__entry->client >> 16), (u8)(__entry->client >> 8),
		  (u32)PCI_SLOT(__entry->client), (u32)PCI_FUNC(__entry->client),
		  __entry->address,
		  __print_symbolic(__entry->hook,
				   { P2PGATE_HOOK_DISTANCE, "distance" },
				   { P2PGATE_HOOK_MAP_SEGMENT, "map_segment" },
				   { P2PGATE_HOOK_UPDATE_STATE, "update_state" },
				   { P2PGATE_HOOK_MAP_TYPE, "map_type" },
				   { P2PGATE_HOOK_RESOURCE, "resource" },
				   { P2PGATE_HOOK_REQUEST, "request" },
				   { P2PGATE_HOOK_METADATA, "metadata" },
				   { P2PGATE_HOOK_MAP_SG, "map_sg" }),
		  __print_symbolic(__entry->reason,
				   { P2PGATE_LISTED, "listed" },
				   { P2PGATE_SELF, "self" },
				   { P2PGATE_PROMOTED, "promoted" },
				   { P2PGATE_NOT_LISTED, "not_listed" },
				   { P2PGATE_NOT_PCI, "not_pci" },
				   { P2PGATE_NO_PROVIDER, "no_provider" }),
		  __print_symbolic(__entry->mode,
				   { P2PGATE_OBSERVE, "observe" },
				   { P2PGATE_ENFORCE, "enforce" }))
);

#endif /* P2PGATE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
