/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of a kernel's log: which line counts, and what it says. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/address/fault.h"

/* "source access address requester", or "refused". */
static const struct { const char *text, *says; } texts[] = {
	{ "0x383012345678", "address unknown 383012345678 -" },
	{ "383012345678", "address unknown 383012345678 -" },
	{ "fault", "refused" }, { "", "refused" }, { "0x", "refused" }, { "1 2", "refused" },
	/* Messages of the boot name other devices; of two faults the first counts. */
	{ "pci 0000:00:00.2: AMD-Vi: IOMMU performance counters supported\n"
	  "nic 0000:04:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x1 address=0x5000 flags=0x20]\n"
	  "nic 0000:05:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x2 address=0x1 flags=0x0]\n",
	  "amd-vi write 5000 0000:04:00.0" },
	{ "AMD-Vi: Event logged [IO_PAGE_FAULT device=0001:c1:00.1 domain=0x1 address=0xfe flags=0x0]",
	  "amd-vi read fe 0001:c1:00.1" },
	{ "AMD-Vi: Event logged [INVALID_DEVICE_REQUEST device=41:00.0 pasid=0x0 address=0x10 "
	  "flags=0x0a08]", "refused" },
	{ "DMAR: Host address width 46\nDMAR: DRHD: handling fault status reg 2\n"
	  "DMAR: [DMA Write] Request device [3b:00.0] fault addr fe000000 [fault reason 05] x\n",
	  "dmar write fe000000 0000:3b:00.0" },
	{ "DMAR: [DMA Read PASID 0x1] Request device [0001:3b:00.0] fault addr 0x1000 [x]",
	  "dmar read 1000 0001:3b:00.0" },
	{ "arm-smmu-v3 a: ias 48-bit, oas 48-bit\narm-smmu-v3 a: event 0x10 received:\n"
	  "arm-smmu-v3 a: \t0x0000010000000010\narm-smmu-v3 a: \t0x0000020000000000\n"
	  "arm-smmu-v3 a: \t0x00000000fffe0000\narm-smmu-v3 a: \t0x0000000000000000\n",
	  "smmu-v3 write fffe0000 0000:01:00.0" },
	{ "arm-smmu-v3 a: event 0x10 received: 0x0000010000000010 0x0000020800000000 "
	  "0x00000000fffe0000 0x0000000000000000", "smmu-v3 read fffe0000 0000:01:00.0" },
	{ "arm-smmu-v3 a: event 0x02 received: 0x0000010000000002 0x0000000000000000 "
	  "0x0000000000000000 0x0000000000000000", "refused" },
	{ "arm-smmu-v3 a: event 0x10 received: 0x0000010000000010", "refused" },
	{ "arm-smmu a: Unhandled context fault: fsr=0x402, iova=0x1000, fsynr=0x1, cbfrsynra=0x108, "
	  "cb=0", "smmu read 1000 0000:01:01.0" },
	/* Three words of address or four; a completion has none. */
	{ "pcieport 0000:00:01.0: AER: TLP Header: 40000001 0100000f fe000004 00000000",
	  "aer write fe000004 0000:01:00.0" },
	{ "pcieport 0002:00:01.0: AER: TLP Header: 20000001 0100000f 00000038 fe000004",
	  "aer read 38fe000004 0002:01:00.0" },
	{ "pcieport 0000:00:01.0: AER: TLP Header: 0x00000001 0x0100000f 0xfe000000 0x00000000",
	  "aer read fe000000 0000:01:00.0" },
	{ "x: TLP Header: 4a000001 01000004 02000000 00000000", "refused" },
	{ "x: TLP Header: 40000001 0100000f", "refused" },
	{ "x: TLP Header: 40000001 0100000f 1fe000000 0", "refused" },
	{ "NVRM: Xid (PCI:0000:41:00): 31, pid=1, MMU Fault: ENGINE X faulted @ 0x7f_40000000. Fault is "
	  "of type FAULT_PDE ACCESS_TYPE_VIRT_WRITE", "xid write 7f40000000 0000:41:00.0" },
	{ "NVRM: Xid (PCI:0000:41:00): 79, GPU has fallen off the bus.", "refused" },
};

START_TEST(says)
{
	char text[1024], said[256], bdf[P2P_BDF_SIZE];
	struct failure failure = { 0 };
	struct fault fault = { 0 };

	snprintf(text, sizeof(text), "%s", texts[_i].text);
	if (fault_parse(&failure, text, &fault)) {
		ck_assert_int_eq(failure.status, STATUS_INPUT);
		ck_assert_str_eq("refused", texts[_i].says);
		return;
	}
	snprintf(said, sizeof(said), "%s %s %" PRIx64 " %s", fault_source_name(fault.source),
		 fault_access_name(fault.access), fault.address,
		 fault.has_requester ? p2p_bdf_format(fault.requester, bdf) : "-");
	ck_assert_str_eq(said, texts[_i].says);
}
END_TEST

#define AMD(device, address, flags) \
	"nic 0000:" device ".0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x1 address=" address " flags=" flags "]\n"

/* What each of several says, with how often; then how many were left out. */
static const struct { const char *text, *says; } logs[] = {
	{ "0x1000", "address unknown 1000 - x1;0" },
	{ "nothing", "refused" },
	{ AMD("04:00", "0x5000", "0x20") AMD("05:00", "0x1", "0x0"),
	  "amd-vi write 5000 0000:04:00.0 x1;amd-vi read 1 0000:05:00.0 x1;0" },
	{ "pci 0000:00:00.2: AMD-Vi: IOMMU performance counters supported\n"
	  AMD("04:00", "0x5000", "0x20") AMD("04:00", "0x5000", "0x20") AMD("04:00", "0x6000", "0x20"),
	  "amd-vi write 5000 0000:04:00.0 x2;amd-vi write 6000 0000:04:00.0 x1;0" },
	/* Of every kind one; an interrupt has no address of a request. */
	{ "DMAR: DRHD: handling fault status reg 2\n"
	  "DMAR: [DMA Write] Request device [3b:00.0] fault addr fe000000 [fault reason 05] x\n"
	  "DMAR: [INTR-REMAP] Request device [3b:00.0] fault addr 5 x\n"
	  "arm-smmu-v3 a: event 0x10 received:\n"
	  "arm-smmu-v3 a: \t0x0000010000000010\narm-smmu-v3 a: \t0x0000020000000000\n"
	  "arm-smmu-v3 a: \t0x00000000fffe0000\narm-smmu-v3 a: \t0x0000000000000000\n"
	  "pcieport 0002:00:01.0: AER: Uncorrected error\n"
	  "pcieport 0002:00:01.0: AER: TLP Header: 20000001 0100000f 00000038 fe000004\n"
	  AMD("04:00", "0x7", "0x0"),
	  "dmar write fe000000 0000:3b:00.0 x1;smmu-v3 write fffe0000 0000:01:00.0 x1;"
	  "aer read 38fe000004 0002:01:00.0 x1;amd-vi read 7 0000:04:00.0 x1;1" },
	{ "arm-smmu-v3 a: event 0x10 received: 0x0000010000000010 0x0000020800000000 0x00000000fffe0000 "
	  "0x0000000000000000\narm-smmu-v3 a: event 0x10 received: 0x0000020000000010 0x0000020800000000 "
	  "0x00000000fffd0000 0x0000000000000000", "smmu-v3 read fffe0000 0000:01:00.0 x1;"
	  "smmu-v3 read fffd0000 0000:02:00.0 x1;0" },
	/* One event that is told twice; and two in one line, of which the second cannot be told. */
	{ "arm-smmu-v3 a: event 0x10 received:\narm-smmu-v3 a: 0x0000010000000010\n"
	  "arm-smmu-v3 a: 0x0000020800000000\narm-smmu-v3 a: 0x00000000fffe0000\n"
	  "arm-smmu-v3 a: 0x0000000000000000\n"
	  "arm-smmu-v3 a: event: F_TRANSLATION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova: 0xfffe0000 "
	  "ipa: 0x0\narm-smmu-v3 a: unpriv data read s1 \"Input address caused fault\" stag: 0x0\n",
	  "smmu-v3 read fffe0000 0000:01:00.0 x1;0" },
	{ "DMAR: [DMA Read] Request device [3b:00.0] fault addr 1000 x DMAR: [DMA Read] Request device "
	  "[3b:00.0] fault addr 2000 x", "dmar read 1000 0000:3b:00.0 x1;1" },
	{ "NVRM: Xid (PCI:0000:41:00): 79, GPU has fallen off the bus.\n", "refused" },
};

START_TEST(says_all)
{
	char text[2048], said[1024] = "", bdf[P2P_BDF_SIZE];
	struct failure failure = { 0 };
	static struct faults faults;
	size_t used = 0;

	snprintf(text, sizeof(text), "%s", logs[_i].text);
	if (fault_parse_all(&failure, text, &faults)) {
		ck_assert_int_eq(failure.status, STATUS_INPUT);
		ck_assert_str_eq("refused", logs[_i].says);
		return;
	}
	for (size_t i = 0; i < faults.count; i++)
		used += (size_t)snprintf(said + used, sizeof(said) - used, "%s %s %" PRIx64 " %s x%u;",
					 fault_source_name(faults.fault[i].source),
					 fault_access_name(faults.fault[i].access), faults.fault[i].address,
					 faults.fault[i].has_requester ?
					 p2p_bdf_format(faults.fault[i].requester, bdf) : "-",
					 faults.times[i]);
	snprintf(said + used, sizeof(said) - used, "%zu", faults.left_out);
	ck_assert_str_eq(said, logs[_i].says);
}
END_TEST

/* No more than there is room for, and the rest is counted. */
START_TEST(too_many)
{
	char text[16384];
	struct failure failure = { 0 };
	static struct faults faults;
	size_t used = 0;

	for (unsigned int i = 0; i < FAULTS_MOST + 5; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "DMAR: [DMA Read] Request device "
					 "[3b:00.0] fault addr %x000 [fault reason 06] x\n", i + 1);
	ck_assert_int_eq(fault_parse_all(&failure, text, &faults), STATUS_DONE);
	ck_assert_uint_eq(faults.count, FAULTS_MOST);
	ck_assert_uint_eq(faults.left_out, 5);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fault");
	TCase *tcase = tcase_create("fault");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, says, 0, sizeof(texts) / sizeof(texts[0]));
	tcase_add_loop_test(tcase, says_all, 0, sizeof(logs) / sizeof(logs[0]));
	tcase_add_test(tcase, too_many);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
