/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decoders, register by register. */
#include <errno.h>

#include "make.h"

#include "topology/build.h"

#define EXP 0x40u	/* where make_space() puts PCI Express */

static struct p2p_function decode(struct space *space)
{
	struct p2p_snapshot *snapshot = make_snapshot(P2P_SOURCE_TREE);
	struct p2p_raw *raw = make_function(snapshot, "0000:01:00.0", NULL, space);
	struct p2p_function function = { .bdf = raw->bdf };

	p2p_header_decode(&function, raw);
	p2p_caps_decode(&function, &raw->config);
	p2p_snapshot_free(snapshot);
	return function;
}

static struct space endpoint(void)
{
	return make_space(0x10de, 0x2330, 0x030200, 0, P2P_PORT_ENDPOINT);
}

static struct space port(unsigned int type)
{
	return make_space(0x10b5, 0x8747, 0x060400, 1, type);
}

START_TEST(decodes_header)
{
	struct space space = endpoint();
	struct p2p_function function;

	put16(&space, 0x2c, 0x1af4);
	put16(&space, 0x2e, 0x1100);
	space.bytes[0x0e] |= 0x80;
	function = decode(&space);
	ck_assert_int_eq(function.ids, P2P_PRESENT);
	ck_assert_uint_eq(function.vendor, 0x10de);
	ck_assert_uint_eq(function.device, 0x2330);
	ck_assert_uint_eq(function.class_code, 0x030200);
	ck_assert_uint_eq(function.header_type, 0);
	ck_assert(function.multifunction);
	ck_assert_uint_eq(function.subsystem_vendor, 0x1af4);
	ck_assert_uint_eq(function.subsystem_device, 0x1100);
	ck_assert_int_eq(function.kind, P2P_CLASS_GPU);
}
END_TEST

START_TEST(bridge_header)
{
	struct space space = port(P2P_PORT_DOWNSTREAM);
	struct p2p_function function;

	space.bytes[0x19] = 5;
	space.bytes[0x1a] = 9;
	space.bytes[0x41] = 0x90;		/* next: SSVID */
	put16(&space, 0x90, 0x000d);
	put16(&space, 0x94, 0x1028);
	put16(&space, 0x96, 0x1234);
	function = decode(&space);
	ck_assert_uint_eq(function.secondary, 5);
	ck_assert_uint_eq(function.subordinate, 9);
	ck_assert_uint_eq(function.subsystem_vendor, 0x1028);
	ck_assert_uint_eq(function.subsystem_device, 0x1234);
	ck_assert(p2p_function_is_bridge(&function));
	ck_assert(!p2p_function_has_header_0(&function));
}
END_TEST

START_TEST(decodes_pcie)
{
	struct space space = endpoint();
	struct p2p_pcie pcie;

	put32(&space, EXP + 0x04, 0x1);			/* 256 bytes possible */
	put16(&space, EXP + 0x08, 0x0010 | 0x1 << 5 | 0x100 | 0x5 << 12);
	put32(&space, EXP + 0x0c, 5 | 16 << 4 | 0x2a << 24);
	put16(&space, EXP + 0x10, 0x2);
	put16(&space, EXP + 0x12, 4 | 8 << 4);
	put32(&space, EXP + 0x24, 0x40 | 0x80 | 0x100 | 0x200);
	put16(&space, EXP + 0x28, 0x20 | 0x40 | 0x80 | 0x1000);
	put16(&space, EXP + 0x32, 0x0400);
	pcie = decode(&space).pcie;
	ck_assert_int_eq(pcie.fact, P2P_PRESENT);
	ck_assert_int_eq(pcie.type, P2P_PORT_ENDPOINT);
	ck_assert_uint_eq(pcie.offset, EXP);
	ck_assert_uint_eq(pcie.mps_supported_bytes, 256);
	ck_assert_uint_eq(pcie.mps_bytes, 256);
	ck_assert_uint_eq(pcie.mrrs_bytes, 4096);
	ck_assert(pcie.relaxed_ordering && pcie.extended_tags && pcie.tags_10bit);
	ck_assert_uint_eq(pcie.most.speed_mtps, 32000);
	ck_assert_uint_eq(pcie.most.width, 16);
	ck_assert_uint_eq(pcie.now.speed_mtps, 16000);
	ck_assert_uint_eq(pcie.now.width, 8);
	ck_assert_uint_eq(pcie.aspm, 2);
	ck_assert_int_eq(pcie.port_number.fact, P2P_PRESENT);
	ck_assert_int_eq(pcie.port_number.value, 0x2a);
	ck_assert(pcie.atomic_routing && pcie.atomic_completer_32);
	ck_assert(pcie.atomic_completer_64 && pcie.atomic_completer_128cas);
	ck_assert(pcie.atomic_requester && pcie.atomic_egress_block && pcie.ari_forwarding);
	ck_assert(pcie.flit);
	ck_assert(!pcie.slot && !pcie.hotplug);
}
END_TEST

/* Version 1 has no second set of registers: what lies there is another capability's. */
START_TEST(pcie_version_1)
{
	struct space space = endpoint();
	struct p2p_pcie pcie;

	put16(&space, EXP + 0x02, 0x1);
	put32(&space, EXP + 0x24, 0xffffffff);
	put16(&space, EXP + 0x28, 0xffff);
	pcie = decode(&space).pcie;
	ck_assert_int_eq(pcie.fact, P2P_PRESENT);
	ck_assert(!pcie.atomic_routing && !pcie.atomic_requester && !pcie.ari_forwarding);
}
END_TEST

START_TEST(pcie_slot)
{
	struct space space = port(P2P_PORT_ROOT);
	struct p2p_pcie pcie;

	put16(&space, EXP + 0x02, 2 | P2P_PORT_ROOT << 4 | 0x100);
	put32(&space, EXP + 0x14, 0x40 | 0x123u << 19);
	pcie = decode(&space).pcie;
	ck_assert(pcie.slot && pcie.hotplug);
	ck_assert_uint_eq(pcie.slot_number, 0x123);
	/* Slot Implemented is undefined on other types. */
	put16(&space, EXP + 0x02, 2 | P2P_PORT_UPSTREAM << 4 | 0x100);
	pcie = decode(&space).pcie;
	ck_assert(!pcie.slot && !pcie.hotplug);
}
END_TEST

static const struct { unsigned int encoded, mtps; } speeds[] = {
	{ 0, 0 }, { 1, 2500 }, { 2, 5000 }, { 3, 8000 }, { 4, 16000 }, { 5, 32000 },
	{ 6, 64000 }, { 7, 0 }, { 15, 0 },
};

START_TEST(link_speeds)
{
	struct space space = endpoint();

	put32(&space, EXP + 0x0c, speeds[_i].encoded | 4 << 4);
	ck_assert_uint_eq(decode(&space).pcie.most.speed_mtps, speeds[_i].mtps);
}
END_TEST

START_TEST(link_down)
{
	struct space space = port(P2P_PORT_ROOT);
	struct p2p_pcie pcie;

	/* Data Link Layer Active Reporting Capable, and not active: the rest is stale. */
	put32(&space, EXP + 0x0c, 4 | 16 << 4 | 0x100000);
	put16(&space, EXP + 0x12, 4 | 16 << 4);
	pcie = decode(&space).pcie;
	ck_assert_uint_eq(pcie.now.width, 0);
	ck_assert_uint_eq(pcie.now.speed_mtps, 0);
	put16(&space, EXP + 0x12, 4 | 16 << 4 | 0x2000);
	pcie = decode(&space).pcie;
	ck_assert_uint_eq(pcie.now.width, 16);
}
END_TEST

START_TEST(integrated_has_no_link)
{
	struct space space = make_space(0x8086, 0x0b25, 0x088000, 0, P2P_PORT_RC_ENDPOINT);
	struct p2p_pcie pcie;

	put32(&space, EXP + 0x0c, 0xffffffff);
	put16(&space, EXP + 0x12, 0x1042);
	pcie = decode(&space).pcie;
	ck_assert_int_eq(pcie.fact, P2P_PRESENT);
	ck_assert_uint_eq(pcie.most.width, 0);
	ck_assert_int_ne(pcie.port_number.fact, P2P_PRESENT);
}
END_TEST

/* Status says that there is a list, and 64 bytes say nothing of what is in it. */
START_TEST(header_alone_denies)
{
	struct space space = endpoint();
	struct p2p_function function;

	space.size = 64;
	function = decode(&space);
	ck_assert_int_eq(function.header, P2P_PRESENT);
	ck_assert_int_eq(function.pcie.fact, P2P_DENIED);
	ck_assert_int_eq(function.acs.fact, P2P_DENIED);
	ck_assert_int_eq(function.acs.kernel_fact, P2P_DENIED);
	ck_assert_int_eq(function.ats.ats, P2P_DENIED);
	ck_assert_int_eq(function.serial.fact, P2P_DENIED);
	ck_assert_int_eq(function.cxl.fact, P2P_DENIED);
	ck_assert_int_eq(function.bar[0].rebar.fact, P2P_DENIED);
	put16(&space, 0x06, 0);
	ck_assert_int_eq(decode(&space).pcie.fact, P2P_DENIED);
}
END_TEST

START_TEST(standard_space_of_pcie)
{
	struct space space = endpoint();
	struct p2p_function function;

	space.size = 256;
	function = decode(&space);
	ck_assert_int_eq(function.pcie.fact, P2P_PRESENT);
	ck_assert_int_eq(function.acs.fact, P2P_DENIED);
	ck_assert_int_eq(function.acs.kernel_fact, P2P_DENIED);
	/* The kernel itself sees no more: it treats ACS as absent, the switch may not. */
	space.kernel_size = true;
	function = decode(&space);
	ck_assert_int_eq(function.acs.fact, P2P_DENIED);
	ck_assert_int_eq(function.acs.kernel_fact, P2P_ABSENT);
	ck_assert_int_eq(function.ats.ats, P2P_DENIED);
	ck_assert_int_eq(function.serial.fact, P2P_DENIED);
}
END_TEST

START_TEST(conventional_has_no_acs)
{
	struct space space = endpoint();
	struct p2p_function function;

	space.size = 256;
	put16(&space, 0x06, 0);
	function = decode(&space);
	ck_assert_int_eq(function.pcie.fact, P2P_ABSENT);
	ck_assert_int_eq(function.acs.fact, P2P_ABSENT);
	ck_assert_int_eq(function.acs.kernel_fact, P2P_ABSENT);
}
END_TEST

START_TEST(decodes_acs)
{
	struct space space = port(P2P_PORT_DOWNSTREAM);
	struct p2p_acs decoded;

	add_extended(&space, 0, 0x100, 0x0d);
	put16(&space, 0x104, 0x1c5f);
	put16(&space, 0x106, 1u << _i);
	decoded = decode(&space).acs;
	ck_assert_int_eq(decoded.fact, P2P_PRESENT);
	ck_assert_int_eq(decoded.kernel_fact, P2P_PRESENT);
	ck_assert_uint_eq(decoded.offset, 0x100);
	ck_assert_uint_eq(decoded.capability, 0x1c5f);
	ck_assert_uint_eq(decoded.control, 1u << _i);
	ck_assert_uint_eq(decoded.kernel_control, 1u << _i);
	ck_assert_uint_eq(decoded.egress_bits, 0);
	ck_assert_int_eq(decoded.egress_fact, P2P_ABSENT);
}
END_TEST

static const struct { unsigned int size, bits, dwords; } vectors[] = {
	{ 1, 1, 1 }, { 32, 32, 1 }, { 33, 33, 2 }, { 255, 255, 8 }, { 0, 256, 8 },
};

START_TEST(acs_egress)
{
	struct space space = port(P2P_PORT_DOWNSTREAM);
	struct p2p_acs decoded;
	unsigned int i;

	add_extended(&space, 0, 0x100, 0x0d);
	put16(&space, 0x104, P2P_ACS_EC | vectors[_i].size << 8);
	for (i = 0; i < 8; i++)
		put32(&space, 0x108 + 4 * i, 0x01010101u * (i + 1));
	decoded = decode(&space).acs;
	ck_assert_uint_eq(decoded.egress_bits, vectors[_i].bits);
	ck_assert_int_eq(decoded.egress_fact, P2P_PRESENT);
	for (i = 0; i < 8; i++)
		ck_assert_uint_eq(decoded.egress[i],
				  i < vectors[_i].dwords ? 0x01010101u * (i + 1) : 0);
}
END_TEST

START_TEST(acs_egress_cut)
{
	struct space space = port(P2P_PORT_DOWNSTREAM);
	struct p2p_acs decoded;

	/* The vector would lie beyond the end of config space. */
	add_extended(&space, 0, 0x100, 0x01);
	add_extended(&space, 0x100, 0xff8, 0x0d);
	put16(&space, 0xffc, P2P_ACS_EC | 8 << 8);
	decoded = decode(&space).acs;
	ck_assert_int_eq(decoded.fact, P2P_PRESENT);
	ck_assert_uint_eq(decoded.egress_bits, 8);
	ck_assert_int_eq(decoded.egress_fact, P2P_DENIED);
}
END_TEST

START_TEST(acs_cut)
{
	struct space space = port(P2P_PORT_DOWNSTREAM);
	struct p2p_function function;

	add_extended(&space, 0, 0x100, 0x01);
	add_extended(&space, 0x100, 0xffc, 0x0d);
	function = decode(&space);
	ck_assert_int_eq(function.acs.fact, P2P_DENIED);
	ck_assert_int_eq(function.acs.kernel_fact, P2P_DENIED);
}
END_TEST

/* A capability that does not end within config space is denied, whichever of its registers lack. */
START_TEST(others_cut)
{
	struct space space = port(P2P_PORT_DOWNSTREAM);
	struct p2p_function function;

	add_extended(&space, 0, 0x100, 0x0f);		/* ATS, of which nothing more is looked at */
	add_extended(&space, 0x100, 0xff0, 0x15);	/* Resizable BAR: two BARs, one is there */
	put32(&space, 0xff8, 2 << 5);
	function = decode(&space);
	ck_assert_int_eq(function.ats.ats, P2P_PRESENT);
	ck_assert_int_eq(function.rebar, P2P_DENIED);
	ck_assert_int_eq(function.bar[0].rebar.fact, P2P_PRESENT);
	ck_assert_int_eq(function.bar[1].rebar.fact, P2P_DENIED);
	add_extended(&space, 0x100, 0xff4, 0x23);	/* DVSEC of CXL without its control */
	put16(&space, 0xff8, 0x1e98);
	put16(&space, 0xffc, 0);
	function = decode(&space);
	ck_assert_int_eq(function.cxl.fact, P2P_DENIED);
	add_extended(&space, 0x100, 0xffc, 0x03);	/* Device Serial Number */
	function = decode(&space);
	ck_assert_int_eq(function.serial.fact, P2P_DENIED);
	ck_assert_int_eq(function.cxl.fact, P2P_ABSENT);
}
END_TEST

/* What is no list of bits with a sign each changes nothing. */
START_TEST(acs_words)
{
	static const char *const wrong[] = {
		"", "ReqRedir", "Redirect-", "ReqRedir+CmpltRedir+", "ReqRedir+,", "ReqRedir+,ReqRedir-",
	};
	uint16_t clear = 1, set = 2;

	for (size_t i = 0; i < P2P_LENGTH(wrong); i++)
		ck_assert_int_eq(p2p_acs_parse(wrong[i], &clear, &set), -EINVAL);
	ck_assert(clear == 1 && set == 2);
	ck_assert_int_eq(p2p_acs_parse("ReqRedir-,SrcValid+", &clear, &set), 0);
	ck_assert(clear == P2P_ACS_RR && set == P2P_ACS_SV);
}
END_TEST

static const struct { uint16_t vendor, device; unsigned int type; bool dword; } pch[] = {
	{ 0x8086, 0xa10f, P2P_PORT_ROOT, false }, { 0x8086, 0xa110, P2P_PORT_ROOT, true },
	{ 0x8086, 0xa11f, P2P_PORT_ROOT, true }, { 0x8086, 0xa120, P2P_PORT_ROOT, false },
	{ 0x8086, 0xa166, P2P_PORT_ROOT, false }, { 0x8086, 0xa167, P2P_PORT_ROOT, true },
	{ 0x8086, 0xa16a, P2P_PORT_ROOT, true }, { 0x8086, 0xa16b, P2P_PORT_ROOT, false },
	{ 0x8086, 0xa290, P2P_PORT_ROOT, true }, { 0x8086, 0xa29f, P2P_PORT_ROOT, true },
	{ 0x8086, 0xa2a0, P2P_PORT_ROOT, false }, { 0x8086, 0xa2e7, P2P_PORT_ROOT, true },
	{ 0x8086, 0xa2ee, P2P_PORT_ROOT, true }, { 0x8086, 0xa2ef, P2P_PORT_ROOT, false },
	{ 0x8086, 0x9d0f, P2P_PORT_ROOT, false }, { 0x8086, 0x9d10, P2P_PORT_ROOT, true },
	{ 0x8086, 0x9d1b, P2P_PORT_ROOT, true }, { 0x8086, 0x9d1c, P2P_PORT_ROOT, false },
	{ 0x8086, 0xa110, P2P_PORT_DOWNSTREAM, false }, { 0x1022, 0xa110, P2P_PORT_ROOT, false },
};

START_TEST(acs_of_pch)
{
	struct space space = make_space(pch[_i].vendor, pch[_i].device, 0x060400, 1,
					pch[_i].type);
	struct p2p_acs decoded;

	add_extended(&space, 0, 0x100, 0x0d);
	put32(&space, 0x104, 0x0000000f);
	put32(&space, 0x108, 0x0000000c);
	decoded = decode(&space).acs;
	ck_assert_int_eq(decoded.fact, P2P_PRESENT);
	ck_assert_uint_eq(decoded.capability, 0xf);
	ck_assert_uint_eq(decoded.control, pch[_i].dword ? 0xc : 0);
	ck_assert_uint_eq(decoded.kernel_control, 0);
}
END_TEST

START_TEST(ats_pri_pasid)
{
	struct space space = endpoint();
	struct p2p_ats ats;

	add_extended(&space, 0, 0x100, 0x0f);
	add_extended(&space, 0x100, 0x200, 0x13);
	add_extended(&space, 0x200, 0x180, 0x1b);	/* backwards is legal */
	ats = decode(&space).ats;
	ck_assert(ats.ats == P2P_PRESENT && !ats.ats_enabled);
	ck_assert(ats.pri == P2P_PRESENT && !ats.pri_enabled);
	ck_assert(ats.pasid == P2P_PRESENT && !ats.pasid_enabled);
	put16(&space, 0x106, 0x8000);
	put16(&space, 0x204, 0x1);
	put16(&space, 0x186, 0x1);
	ats = decode(&space).ats;
	ck_assert(ats.ats_enabled && ats.pri_enabled && ats.pasid_enabled);
	put16(&space, 0x106, 0x7fff);
	put16(&space, 0x204, 0xfffe);
	put16(&space, 0x186, 0xfffe);
	ats = decode(&space).ats;
	ck_assert(!ats.ats_enabled && !ats.pri_enabled && !ats.pasid_enabled);
}
END_TEST

START_TEST(decodes_sriov)
{
	struct space space = endpoint();
	struct p2p_sriov decoded;

	add_extended(&space, 0, 0x100, 0x10);
	put16(&space, 0x108, 0x1);
	put16(&space, 0x10e, 16);
	put16(&space, 0x110, 4);
	put16(&space, 0x114, 8);
	put16(&space, 0x116, 2);
	put16(&space, 0x11a, 0x101e);
	decoded = decode(&space).sriov;
	ck_assert_int_eq(decoded.fact, P2P_PRESENT);
	ck_assert_uint_eq(decoded.total, 16);
	ck_assert_uint_eq(decoded.active, 4);
	ck_assert_uint_eq(decoded.first_offset, 8);
	ck_assert_uint_eq(decoded.stride, 2);
	ck_assert_uint_eq(decoded.vf_device, 0x101e);
	put16(&space, 0x108, 0x0);
	ck_assert_uint_eq(decode(&space).sriov.active, 0);
}
END_TEST

START_TEST(decodes_serial)
{
	struct space space = endpoint();
	struct p2p_number decoded;

	add_extended(&space, 0, 0x100, 0x03);
	put32(&space, 0x104, 0x89abcdef);
	put32(&space, 0x108, 0xfedcba98);
	decoded = decode(&space).serial;
	ck_assert_int_eq(decoded.fact, P2P_PRESENT);
	ck_assert((uint64_t)decoded.value == 0xfedcba9889abcdefu);
}
END_TEST

START_TEST(decodes_rebar)
{
	struct space space = endpoint();
	struct p2p_function function;

	add_extended(&space, 0, 0x100, 0x15);
	put32(&space, 0x104, 0x3ff0);			/* 1 MiB to 512 MiB */
	put32(&space, 0x108, 1 | 2 << 5 | 8 << 8);	/* BAR 1 of two: 256 MiB */
	put32(&space, 0x10c, 0x80000000);
	put32(&space, 0x110, 3 | 2 << 5 | 28 << 8 | 1u << 16);
	function = decode(&space);
	ck_assert_int_eq(function.rebar, P2P_PRESENT);
	ck_assert_int_eq(function.bar[0].rebar.fact, P2P_ABSENT);
	ck_assert_int_eq(function.bar[1].rebar.fact, P2P_PRESENT);
	ck_assert(function.bar[1].rebar.sizes == 0x3ff);
	ck_assert(function.bar[1].rebar.size_bytes == (uint64_t)256 << 20);
	ck_assert(function.bar[3].rebar.sizes == ((uint64_t)1 << 27 | (uint64_t)1 << 28));
	ck_assert(function.bar[3].rebar.size_bytes == (uint64_t)1 << 48);
	/* A BAR that does not exist: the capability is nonsense. */
	put32(&space, 0x110, 7 | 2 << 5);
	function = decode(&space);
	ck_assert_int_eq(function.rebar, P2P_DENIED);
	ck_assert_int_eq(function.bar[0].rebar.fact, P2P_DENIED);
}
END_TEST

START_TEST(dpc_aer_ari)
{
	struct space space = port(P2P_PORT_ROOT);
	struct p2p_function function;

	add_extended(&space, 0, 0x100, 0x01);
	add_extended(&space, 0x100, 0x150, 0x1d);
	add_extended(&space, 0x150, 0x180, 0x0e);
	put32(&space, 0x104, 1u << 21);
	put32(&space, 0x110, 0x2001);
	put16(&space, 0x156, 0x2);
	put16(&space, 0x158, 0x1);
	function = decode(&space);
	ck_assert_int_eq(function.aer.fact, P2P_PRESENT);
	ck_assert_uint_eq(function.aer.uncorrectable, 1u << 21);
	ck_assert_uint_eq(function.aer.correctable, 0x2001);
	ck_assert(function.dpc.fact == P2P_PRESENT && function.dpc.enabled &&
		  function.dpc.triggered);
	ck_assert_int_eq(function.ari, P2P_PRESENT);
	put16(&space, 0x156, 0x4);
	put16(&space, 0x158, 0x2);
	function = decode(&space);
	ck_assert(!function.dpc.enabled && !function.dpc.triggered);
}
END_TEST

START_TEST(decodes_cxl)
{
	struct space space = endpoint();
	struct p2p_cxl decoded;

	add_extended(&space, 0, 0x100, 0x23);
	add_extended(&space, 0x100, 0x200, 0x23);
	add_extended(&space, 0x200, 0x300, 0x23);
	put32(&space, 0x104, 0x0038 << 20 | 0x10de);	/* another vendor's */
	put32(&space, 0x204, 0x0380 << 16 | 0x1e98);
	put16(&space, 0x20a, 0x0006);
	put16(&space, 0x20c, 0x0004);
	put32(&space, 0x304, 0x1e98);
	put16(&space, 0x308, 8);
	decoded = decode(&space).cxl;
	ck_assert_int_eq(decoded.fact, P2P_PRESENT);
	ck_assert_uint_eq(decoded.dvsec_ids, 1 << 0 | 1 << 8);
	ck_assert(!decoded.cache && decoded.io && decoded.mem && decoded.mem_enabled);
	put16(&space, 0x204, 0x10de);
	put16(&space, 0x304, 0x10de);
	ck_assert_int_eq(decode(&space).cxl.fact, P2P_ABSENT);
}
END_TEST

/* A list that breaks off proves nothing of what was not found before. */
START_TEST(broken_list)
{
	struct space space = endpoint();
	struct p2p_function function;

	add_extended(&space, 0, 0x100, 0x03);
	put16(&space, 0x102, 1 | 0x200 << 4);
	put32(&space, 0x200, 0xffffffff);
	function = decode(&space);
	ck_assert(function.capabilities_broken);
	ck_assert_int_eq(function.serial.fact, P2P_PRESENT);
	ck_assert_int_eq(function.acs.fact, P2P_DENIED);
	ck_assert_int_eq(function.cxl.fact, P2P_DENIED);
}
END_TEST

/* Whatever is written there, nothing is read out of bounds. */
START_TEST(noise)
{
	uint32_t state = 0x9e3779b9u * (unsigned int)(_i + 1);
	struct space space = endpoint();
	unsigned int i;

	for (i = 0x40; i < sizeof(space.bytes); i++) {
		state = state * 1664525u + 1013904223u;
		space.bytes[i] = (uint8_t)(state >> 24);
	}
	space.bytes[0x40] = 0x10;
	put16(&space, 0x100, (const uint16_t[]){ 0x0d, 0x15, 0x10, 0x23 }[_i % 4]);
	(void)decode(&space);
	space.size = 256;
	(void)decode(&space);
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void add_cases(TCase *tcase)
{
	tcase_add_test(tcase, decodes_header);
	tcase_add_test(tcase, bridge_header);
	tcase_add_test(tcase, decodes_pcie);
	tcase_add_test(tcase, pcie_version_1);
	tcase_add_test(tcase, pcie_slot);
	tcase_add_loop_test(tcase, link_speeds, 0, LENGTH(speeds));
	tcase_add_test(tcase, link_down);
	tcase_add_test(tcase, integrated_has_no_link);
	tcase_add_test(tcase, header_alone_denies);
	tcase_add_test(tcase, standard_space_of_pcie);
	tcase_add_test(tcase, conventional_has_no_acs);
	tcase_add_loop_test(tcase, decodes_acs, 0, 16);
	tcase_add_loop_test(tcase, acs_egress, 0, LENGTH(vectors));
	tcase_add_test(tcase, acs_egress_cut);
	tcase_add_test(tcase, acs_cut);
	tcase_add_test(tcase, others_cut);
	tcase_add_test(tcase, acs_words);
	tcase_add_loop_test(tcase, acs_of_pch, 0, LENGTH(pch));
	tcase_add_test(tcase, ats_pri_pasid);
	tcase_add_test(tcase, decodes_sriov);
	tcase_add_test(tcase, decodes_serial);
	tcase_add_test(tcase, decodes_rebar);
	tcase_add_test(tcase, dpc_aer_ari);
	tcase_add_test(tcase, decodes_cxl);
	tcase_add_test(tcase, broken_list);
	tcase_add_loop_test(tcase, noise, 0, 64);
}

int main(void)
{
	return run_cases("caps", add_cases);
}
