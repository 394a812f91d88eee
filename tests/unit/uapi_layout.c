// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The interface of /dev/p2pgate is frozen: what is here may be added to and never changed. Compiled
 * for 64 and for 32 bits; that it compiles is the test.
 */
#include <stddef.h>

#include <linux/p2pgate.h>

#define FIELD(structure, field, at, bytes) \
	_Static_assert(offsetof(struct structure, field) == (at) && \
		       sizeof(((struct structure *)0)->field) == (bytes), #structure "." #field)
#define SIZE(structure, bytes) _Static_assert(sizeof(struct structure) == (bytes), #structure)
#define VALUE(name, value) _Static_assert((name) == (value), #name)

FIELD(p2pgate_info, size, 0, 4);
FIELD(p2pgate_info, abi, 4, 4);
FIELD(p2pgate_info, generation, 8, 8);
FIELD(p2pgate_info, mode, 16, 4);
FIELD(p2pgate_info, flags, 20, 4);
FIELD(p2pgate_info, hooks, 24, 4);
FIELD(p2pgate_info, nr_functions, 28, 4);
FIELD(p2pgate_info, nr_pairs, 32, 4);
FIELD(p2pgate_info, nr_dropped, 36, 4);
FIELD(p2pgate_info, nr_ranges, 40, 4);
FIELD(p2pgate_info, log_lost, 44, 4);
FIELD(p2pgate_info, tag, 48, 32);
FIELD(p2pgate_info, observed_distance, 80, 64);
FIELD(p2pgate_info, observed_map, 144, 64);
FIELD(p2pgate_info, enforced_distance, 208, 64);
FIELD(p2pgate_info, enforced_map, 272, 64);
SIZE(p2pgate_info, 336);

FIELD(p2pgate_function, domain, 0, 4);
FIELD(p2pgate_function, bus, 4, 1);
FIELD(p2pgate_function, devfn, 5, 1);
FIELD(p2pgate_function, reserved, 6, 2);
FIELD(p2pgate_function, vendor, 8, 2);
FIELD(p2pgate_function, device, 10, 2);
FIELD(p2pgate_function, subsystem_vendor, 12, 2);
FIELD(p2pgate_function, subsystem_device, 14, 2);
FIELD(p2pgate_function, class_code, 16, 4);
FIELD(p2pgate_function, flags, 20, 4);
SIZE(p2pgate_function, 24);

FIELD(p2pgate_pair, provider, 0, 4);
FIELD(p2pgate_pair, client, 4, 4);
FIELD(p2pgate_pair, flags, 8, 4);
SIZE(p2pgate_pair, 12);

FIELD(p2pgate_set, size, 0, 4);
FIELD(p2pgate_set, mode, 4, 4);
FIELD(p2pgate_set, generation, 8, 8);
FIELD(p2pgate_set, functions, 16, 8);
FIELD(p2pgate_set, pairs, 24, 8);
FIELD(p2pgate_set, nr_functions, 32, 4);
FIELD(p2pgate_set, nr_pairs, 36, 4);
FIELD(p2pgate_set, flags, 40, 4);
FIELD(p2pgate_set, bad, 44, 4);
FIELD(p2pgate_set, tag, 48, 32);
SIZE(p2pgate_set, 80);

FIELD(p2pgate_get, size, 0, 4);
FIELD(p2pgate_get, mode, 4, 4);
FIELD(p2pgate_get, generation, 8, 8);
FIELD(p2pgate_get, functions, 16, 8);
FIELD(p2pgate_get, pairs, 24, 8);
FIELD(p2pgate_get, nr_functions, 32, 4);
FIELD(p2pgate_get, nr_pairs, 36, 4);
FIELD(p2pgate_get, flags, 40, 4);
FIELD(p2pgate_get, reserved, 44, 4);
FIELD(p2pgate_get, tag, 48, 32);
SIZE(p2pgate_get, 80);

FIELD(p2pgate_address, domain, 0, 4);
FIELD(p2pgate_address, bus, 4, 1);
FIELD(p2pgate_address, devfn, 5, 1);
FIELD(p2pgate_address, reserved, 6, 2);
SIZE(p2pgate_address, 8);

FIELD(p2pgate_distance, size, 0, 4);
FIELD(p2pgate_distance, flags, 4, 4);
FIELD(p2pgate_distance, provider, 8, 8);
FIELD(p2pgate_distance, client, 16, 8);
FIELD(p2pgate_distance, ungated, 24, 4);
FIELD(p2pgate_distance, gated, 28, 4);
FIELD(p2pgate_distance, reason, 32, 4);
FIELD(p2pgate_distance, reserved, 36, 4);
FIELD(p2pgate_distance, generation, 40, 8);
SIZE(p2pgate_distance, 48);

/* As x86 and arm64 number commands. */
VALUE(P2PGATE_INFO, 0xc150b901);
VALUE(P2PGATE_SET, 0xc050b902);
VALUE(P2PGATE_GET, 0xc050b903);
VALUE(P2PGATE_DISTANCE, 0xc030b904);
VALUE(P2PGATE_ABI, 1);

VALUE(P2PGATE_MAX_FUNCTIONS, 65536);
VALUE(P2PGATE_MAX_PAIRS, 4194304);
VALUE(P2PGATE_OFF, 0);
VALUE(P2PGATE_OBSERVE, 1);
VALUE(P2PGATE_ENFORCE, 2);
VALUE(P2PGATE_LISTED, 0);
VALUE(P2PGATE_SELF, 1);
VALUE(P2PGATE_PROMOTED, 2);
VALUE(P2PGATE_NOT_LISTED, 3);
VALUE(P2PGATE_NOT_PCI, 4);
VALUE(P2PGATE_NO_PROVIDER, 5);
VALUE(P2PGATE_RECURSION, 6);
VALUE(P2PGATE_REASONS, 8);
VALUE(P2PGATE_HOOK_DISTANCE, 0x01);
VALUE(P2PGATE_HOOK_MAP_SEGMENT, 0x02);
VALUE(P2PGATE_HOOK_UPDATE_STATE, 0x04);
VALUE(P2PGATE_HOOK_MAP_TYPE, 0x08);
VALUE(P2PGATE_HOOK_RESOURCE, 0x10);
VALUE(P2PGATE_HOOK_REQUEST, 0x20);
VALUE(P2PGATE_HOOK_METADATA, 0x40);
VALUE(P2PGATE_HOOK_MAP_SG, 0x80);
VALUE(P2PGATE_INFO_PROMOTE, 0x1);
VALUE(P2PGATE_INFO_HELD, 0x2);
VALUE(P2PGATE_FUNCTION_GONE, 0x1);
VALUE(P2PGATE_PAIR_PROMOTE, 0x1);
VALUE(P2PGATE_PAIR_PROMOTED, 0x2);
