/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel command lines: what is wrong with them, what must be on them, how boot loaders take it. */
#include <errno.h>
#include <stdio.h>

#include "make.h"
#include "policy/cmdline/cmdline.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct space ports[4], disk;
static struct p2p_context *context;
static struct p2p_snapshot *snapshot;
static struct p2p_topology *topology;

/* A root port 0000:00:01.0 with @vendor:@device, ACS of @control, and a disk 0000:01:00.0 below. */
static void machine(const char *release, const char *cmdline, unsigned int control,
		    uint16_t device)
{
	static const char *const path[] = { "devices/pci0000:00/0000:00:01.0",
					    "devices/pci0000:00/0000:00:02.0" };

	ck_assert_int_eq(p2p_context_new(&context), 0);
	snapshot = make_snapshot(P2P_SOURCE_TREE);
	for (unsigned int i = 0; i < 2; i++) {
		ports[i] = make_space(0x8086, i ? 0x2030 : device, 0x060400, 1, 4);
		ports[i].bytes[0x19] = ports[i].bytes[0x1a] = (uint8_t)(i + 1);
		add_extended(&ports[i], 0, 0x100, 0x0d);
		put16(&ports[i], 0x104, 0x5f);
		put16(&ports[i], device == 0xa110 && !i ? 0x108 : 0x106, control);
		make_function(snapshot, i ? "0000:00:02.0" : "0000:00:01.0", path[i], &ports[i]);
	}
	disk = make_space(0x144d, 0xa80a, 0x010802, 0, 0);
	make_function(snapshot, "0000:01:00.0", "devices/pci0000:00/0000:00:01.0/0000:01:00.0",
		      &disk);
	if (cmdline)
		make_file(snapshot, "proc/cmdline", cmdline);
	if (release)
		make_file(snapshot, "proc/sys/kernel/osrelease", release);
	topology = make_topology(snapshot);
}

static void unmake(void)
{
	topology = p2p_topology_free(topology);
	snapshot = p2p_snapshot_free(snapshot);
	context = p2p_context_free(context);
}

static struct p2p_cmdline *read_line(const char *release)
{
	struct p2p_cmdline *cmdline = NULL;

	ck_assert_int_eq(p2p_cmdline_new(context, topology, release, &cmdline), 0);
	return cmdline;
}

/* Findings as "kind word[?],..." */
static const struct {
	const char *release, *cmdline;
	unsigned int control;
	const char *findings;
} lines[] = {
	{ "6.12.30", "quiet", 0x1d, "" },
	{ "6.12.30", NULL, 0x1d, "" },
	{ "6.12.30", "pci=disable_acs_redir=0000:00:01.0;00:02.0 quiet", 0x11, "" },
	{ "6.12.30", "\"pci=disable_acs_redir=0000:00:01.0;00:02.0\"", 0x11, "" },
	{ "6.12.30", "pci=\"disable_acs_redir=0000:00:01.0;00:02.0\"", 0x11, "" },
	{ "6.12.30", "pci=disable_acs_redir=pci:8086:0000", 0x11, "" },
	{ "6.12.30", "pci=disable_acs_redir=0000:00:01.0,0000:00:02.0 quiet", 0x11,
	  "comma 0000:00:02.0," },
	{ "6.12.30", "pci=noaer,disable_acs_redir=00:01.0,pci:8086:2030,00:02.0,realloc x", 0x11,
	  "comma pci:8086:2030,comma 00:02.0," },
	{ "6.12.30", "pci=noaer,00:02.0", 0x11, "unknown 00:02.0," },
	{ "6.12.30", "pci=disable_acs_redir=0000:00:03.0 x", 0x11, "no_device 0000:00:03.0," },
	{ "6.12.30", "pci=disable_acs_redir=pci:1b36:000c x", 0x11, "no_device pci:1b36:000c," },
	{ "6.12.30", "pci=disable_acs_redir=0000:00:01.0/00.0 x", 0x11,
	  "no_acs 0000:00:01.0/00.0," },
	{ "6.12.30", "pci=disable_acs_redir=00:01.0/01.0 x", 0x11, "no_device 00:01.0/01.0," },
	{ "6.12.30", "pci=disable_acs_redir= x", 0x11, "syntax disable_acs_redir=," },
	{ "6.12.30", "pci=disable_acs_redir=nvme0 x", 0x11, "syntax nvme0," },
	{ "6.12.30", "pci=config_acs=00:01.0 x", 0x11, "syntax 00:01.0," },
	{ "6.12.30", "pci=config_acs=2@00:01.0 x", 0x11, "syntax 2@00:01.0," },
	{ "6.12.30", "pci=config_acs=10000000@00:01.0 x", 0x11, "syntax 10000000@00:01.0," },
	{ "6.12.30", "pci=config_acs=xx0000x1@00:01.0 x", 0x11, "no_effect xx0000x1@00:01.0," },
	{ "6.12.30", "pci=config_acs=x0100x1@00:01.0 x", 0x11, "" },
	{ "6.12.30", "pci=config_acs=@00:01.0 x", 0x11, "syntax @00:01.0," },
	{ "6.12.30", "pci=disable_acs_redir=00:01.0 pci=disable_acs_redir=00:02.0 x", 0x11,
	  "repeated disable_acs_redir=00:01.0," },
	{ "6.12.30", "pci=config_acs=xx@pci:0:0;1x@00:02.0 x", 0x11, "repeated 1x@00:02.0," },
	{ "6.12.30", "pci=disable_acs_redir=00:01.0,config_acs=x1@00:01.0 x", 0x11,
	  "overridden 00:01.0," },
	{ "6.12.30", "pci=disable_acs_redir=00:01.0;00:02.0 x", 0x1d,
	  "no_effect 00:01.0,no_effect 00:02.0," },
	{ "6.12.30", "quiet pci=disable_acs_redir=00:01.0", 0x1d,
	  "no_effect 00:01.0,cut disable_acs_redir=00:01.0?," },
	{ "6.12.30", "pcie_acs_override=downstream", 0x1d,
	  "foreign pcie_acs_override=downstream," },
	{ "6.12.30", "quiet -- pci=disable_acs_redir=nvme0", 0x1d, "" },
	{ "6.1.0-40-amd64", "pci=config_acs=xx@00:01.0 x", 0x11,
	  "release config_acs=xx@00:01.0," },
	{ "5.14.0-570.el9_6.x86_64", "pci=config_acs=xx@00:01.0 x", 0x11,
	  "release config_acs=xx@00:01.0?," },
	{ "4.18.0", "pci=disable_acs_redir=00:01.0 x", 0x1d, "release disable_acs_redir=00:01.0," },
	{ "6.11.5", "pci=disable_acs_redir=00:01.0 x", 0x11, "flawed disable_acs_redir=00:01.0," },
	{ "6.11.0-29-generic", "pci=disable_acs_redir=00:01.0 x", 0x11,
	  "flawed disable_acs_redir=00:01.0?," },
	{ "6.12.22", "pci=config_acs=xx@00:01.0 x", 0x11, "flawed config_acs=xx@00:01.0," },
	{ "6.12.23", "pci=config_acs=xx@00:01.0 x", 0x11, "" },
	{ "6.13.10", "pci=config_acs=xx@00:01.0 x", 0x11, "flawed config_acs=xx@00:01.0," },
	{ "6.14.2", "pci=config_acs=xx@00:01.0 x", 0x11, "" },
	{ "6.15.0", "pci=config_acs=xx@00:01.0 x", 0x11, "" },
	/* Options of pci= that there are, and such as people hope for. */
	{ "6.8.0-79-generic", "ro quiet splash pci=noacs", 0x1d, "unknown noacs," },
	{ "6.12.30", "pci=acs_disable,no_acs pci=acs=off x", 0x1d,
	  "unknown acs_disable,unknown no_acs,unknown acs=off," },
	{ "99.1", "pci=noacs", 0x1d, "unknown noacs?," },
	{ NULL, "pci=noacs", 0x1d, "unknown noacs?," },
	{ "6.12.30", "pci=disable_acs_redir x", 0x1d, "syntax disable_acs_redir," },
	{ "6.12.30", "pci=config_acs", 0x1d, "syntax config_acs," },
	{ "6.12.30", "pci=pcie_acs_override=downstream", 0x1d,
	  "foreign pcie_acs_override=downstream," },
	{ "6.12.30", "pci=realloc,noats,nocrs,big_root_window,pcie_bus_perf,hpmmiosize=1M,notacpi",
	  0x1d, "unknown notacpi," },
	{ "6.12.30", "pci=realloc=off pci=noaer,realloc=on", 0x1d, "repeated realloc=off," },
	{ "6.12.30", "pci=noaer pci=noaer", 0x1d, "repeated noaer?," },
	{ "6.12.30", "pci=realloc=1", 0x1d, "syntax realloc=1," },
	{ "6.12.30", "pci=realloc_off,norealloc", 0x1d, "syntax realloc_off,unknown norealloc," },
	{ "6.1.0-40-amd64", "pci=notph,use_crs", 0x1d, "release notph," },
	{ "6.13.0", "pci=notph", 0x1d, "" },
	/* Outside pci=, where the kernel does not look. */
	{ "6.12.30", "disable_acs_redir=0000:00:01.0", 0x1d,
	  "misplaced disable_acs_redir=0000:00:01.0," },
	{ "6.12.30", "pci.config_acs=x@00:01.0 realloc disable_acs_redir", 0x1d,
	  "misplaced pci.config_acs=x@00:01.0,misplaced realloc,misplaced disable_acs_redir," },
	{ "6.12.30", "disable_acs= noacs acs=off pcie_acs=off acs_override=downstream", 0x1d,
	  "unknown disable_acs=,unknown noacs,unknown acs=off,unknown pcie_acs=off,"
	  "foreign acs_override=downstream," },
	{ "6.12.30", "macsec.x=1 acsx nomodeset pcie_aspm=off rom debug nvidia-drm.modeset=1", 0x1d,
	  "" },
	/* The IOMMU. */
	{ "6.12.30", "intel_iommu=on,sm_on amd_iommu=force_enable iommu=pt,force", 0x1d, "" },
	{ "6.12.30", "iommu.passthrough=1 iommu.strict=0 vfio_iommu_type1.disable_hugepages=1",
	  0x1d, "" },
	{ "6.12.30", "iommu=passthrough intel_iommu=pt amd_iommu=on", 0x1d,
	  "unknown iommu=passthrough,unknown intel_iommu=pt,unknown amd_iommu=on," },
	{ "6.12.30", "intel_iommu=on,iommu=pt", 0x1d, "misplaced intel_iommu=on,iommu=pt," },
	{ "6.12.30", "intel_iommu=on,relax_rmrr iommu.passthrough=pt", 0x1d,
	  "foreign relax_rmrr,syntax iommu.passthrough=pt," },
	{ "6.12.30", "iommu_pt iommu.passthru=1", 0x1d, "unknown iommu_pt?,unknown iommu.passthru=1?," },
	/* A list was not cut where another semicolon came through, or where all ports are named. */
	{ "6.12.30", "pci=disable_acs_redir=00:02.0;00:02.0 pci=config_acs=x0100x1@00:02.0", 0x11,
	  "overridden 00:02.0,repeated 00:02.0," },
	{ "6.12.30", "initrd=\\i pci=disable_acs_redir=00:01.0", 0x1d, "no_effect 00:01.0," },
	{ "6.12.30", "pci=disable_acs_redir=00:02.0 pci=disable_acs_redir=00:01.0", 0x1d,
	  "repeated disable_acs_redir=00:02.0,no_effect 00:01.0," },
};

START_TEST(finds)
{
	char found[512] = "";
	struct p2p_cmdline *cmdline;
	const struct p2p_lint *lint;

	machine(lines[_i].release, lines[_i].cmdline, lines[_i].control, 0x2030);
	cmdline = read_line(NULL);
	for (size_t i = 0; (lint = p2p_cmdline_lint(cmdline, i)); i++) {
		size_t used = strlen(found);

		ck_assert_uint_gt(strlen(lint->text), 10);
		snprintf(found + used, sizeof(found) - used, "%s %s%s,",
			 p2p_lint_name(lint->kind), lint->word, lint->certain ? "" : "?");
	}
	ck_assert_msg(!strcmp(found, lines[_i].findings), "'%s': found '%s', expected '%s'",
		      lines[_i].cmdline, found, lines[_i].findings);
	p2p_cmdline_free(cmdline);
	unmake();
}
END_TEST

/* Who handed it over, and what ends the translation with it. */
static const struct { const char *release, *cmdline, *loader, *line, *against; } boots[] = {
	{ "6.8.0-79-generic", "BOOT_IMAGE=/vmlinuz ro", "grub",
	  "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX iommu.passthrough=1\"", NULL },
	{ "5.14.0-503.el9_5.x86_64", "BOOT_IMAGE=(hd0,gpt2)/vmlinuz ro", "grubby",
	  "grubby --update-kernel=ALL --args='iommu.passthrough=1'", NULL },
	{ "6.12.30", "initrd=\\a\\initrd root=LABEL=x", "systemd-boot", "iommu.passthrough=1", NULL },
	{ "6.12.30", "BOOT_IMAGE=(hd0)/ostree/a ostree=/ostree/boot.1", "ostree",
	  "rpm-ostree kargs --append='iommu.passthrough=1'", NULL },
	{ "6.12.30", "ro iommu=nopt", "plain", "iommu.passthrough=1", "iommu=nopt" },
	{ NULL, NULL, "plain", "iommu.passthrough=1", NULL },
};

START_TEST(passes_through)
{
	struct p2p_passthrough passthrough;
	struct p2p_cmdline *cmdline;

	machine(boots[_i].release, boots[_i].cmdline, 0x1d, 0x2030);
	cmdline = read_line(NULL);
	ck_assert_str_eq(p2p_loader_name(p2p_cmdline_loader(cmdline)), boots[_i].loader);
	ck_assert_int_eq(p2p_cmdline_passthrough(cmdline, &passthrough), 0);
	ck_assert_str_eq(passthrough.line, boots[_i].line);
	ck_assert_pstr_eq(passthrough.against, boots[_i].against);
	ck_assert_ptr_nonnull(strstr(passthrough.cost, "all memory"));
	p2p_cmdline_free(cmdline);
	unmake();
}
END_TEST

/* Ours first; what was there stays, but for what did nothing.  NULL: refused. */
static const struct {
	const char *release, *cmdline;
	enum p2p_parameter parameter;
	const char *word;
} merges[] = {
	{ "7.2.1", "quiet", P2P_PARAMETER_CONFIG_ACS,
	  "pci=config_acs=0x10001@0000:00:01.0;0x10001@0000:00:02.0" },
	{ "7.2.1", "quiet", P2P_PARAMETER_DISABLE_ACS_REDIR,
	  "pci=disable_acs_redir=0000:00:01.0;0000:00:02.0" },
	{ "6.1.1", "pci=noaer pci=realloc,disable_acs_redir=pci:10de:0000;00:01.0",
	  P2P_PARAMETER_DISABLE_ACS_REDIR,
	  "pci=noaer,realloc,disable_acs_redir=0000:00:01.0;0000:00:02.0;pci:10de:0000" },
	{ "7.2.1", "pci=config_acs=xx1@00:02.0;x1@pci:0:0,noaer", P2P_PARAMETER_CONFIG_ACS,
	  "pci=noaer,config_acs=0x10001@0000:00:01.0;0x10001@0000:00:02.0;x1@pci:0:0" },
	{ "7.2.1", "pci=disable_acs_redir=00:03.0,00:02.0 pci=disable_acs_redir=00:04.0",
	  P2P_PARAMETER_CONFIG_ACS, "pci=disable_acs_redir=00:04.0,"
	  "config_acs=0x10001@0000:00:01.0;0x10001@0000:00:02.0" },
	{ "7.2.1", "pci=config_acs=xx1@00:02.0", P2P_PARAMETER_DISABLE_ACS_REDIR, NULL },
	{ "6.1.1", "", P2P_PARAMETER_CONFIG_ACS, NULL },
	{ "6.12.10", "", P2P_PARAMETER_CONFIG_ACS, NULL },
	{ "6.12.10", "", P2P_PARAMETER_DISABLE_ACS_REDIR, NULL },
	{ "4.18.0", "", P2P_PARAMETER_DISABLE_ACS_REDIR, NULL },
};

static void make_changes(struct p2p_register changes[2])
{
	for (size_t i = 0; i < 2; i++)
		changes[i] = (struct p2p_register){
			.function = p2p_topology_function(topology, i), .offset = 0x106,
			.size = 2, .present = 0x1d, .mask = 0x0c,
		};
}

START_TEST(merges_words)
{
	struct p2p_register changes[2];
	struct p2p_cmdline *cmdline;
	char *word = NULL;
	int r;

	machine(merges[_i].release, merges[_i].cmdline, 0x1d, 0x2030);
	make_changes(changes);
	cmdline = read_line(NULL);
	r = p2p_cmdline_merge(context, cmdline, merges[_i].parameter, changes, 2, &word);
	if (merges[_i].word) {
		ck_assert_int_eq(r, 0);
		ck_assert_str_eq(word, merges[_i].word);
	} else {
		ck_assert_int_eq(r, -EOPNOTSUPP);
		ck_assert_ptr_null(word);
		ck_assert_uint_gt(strlen(p2p_context_error(context)), 10);
	}
	free(word);
	p2p_cmdline_free(cmdline);
	unmake();
}
END_TEST

/* "6.12" stands for its newest update; a port with a dword layout is left out of config_acs. */
START_TEST(warns)
{
	struct p2p_register changes[2];
	struct p2p_cmdline *cmdline;
	char *word = NULL;

	machine("6.1.1", "", 0x1d, 0xa110);
	make_changes(changes);
	changes[0].size = 4;
	cmdline = read_line("6.12");
	ck_assert_ptr_nonnull(strstr(p2p_cmdline_warning(cmdline, P2P_PARAMETER_CONFIG_ACS),
				     "6.12.23"));
	ck_assert_int_eq(p2p_cmdline_merge(context, cmdline, P2P_PARAMETER_CONFIG_ACS, changes, 2,
					   &word), -EOPNOTSUPP);
	ck_assert_int_eq(p2p_cmdline_merge(context, cmdline, P2P_PARAMETER_CONFIG_ACS,
					   changes + 1, 1, &word), 0);
	ck_assert_str_eq(word, "pci=config_acs=0x10001@0000:00:02.0");
	free(word);
	word = NULL;
	changes[1].value = 0x04;
	ck_assert_int_eq(p2p_cmdline_merge(context, cmdline, P2P_PARAMETER_DISABLE_ACS_REDIR,
					   changes, 2, &word), -EOPNOTSUPP);
	ck_assert_ptr_null(word);
	p2p_cmdline_free(cmdline);
	unmake();
}
END_TEST

/* What does not fit is not advised. */
START_TEST(fits)
{
	char line[2048] = "";
	struct p2p_register changes[2];
	struct p2p_cmdline *cmdline;
	char *word = NULL;

	memset(line, 'x', 2047 - strlen(" pci=config_acs=0x10001@0000:00:01.0"));
	machine("7.2.1", line, 0x1d, 0x2030);
	make_changes(changes);
	cmdline = read_line(NULL);
	ck_assert_int_eq(p2p_cmdline_merge(context, cmdline, P2P_PARAMETER_CONFIG_ACS, changes, 2,
					   &word), -EOPNOTSUPP);
	ck_assert_ptr_nonnull(strstr(p2p_context_error(context), "2047"));
	ck_assert_int_eq(p2p_cmdline_merge(context, cmdline, P2P_PARAMETER_CONFIG_ACS, changes, 1,
					   &word), 0);
	free(word);
	p2p_cmdline_free(cmdline);
	unmake();
}
END_TEST

static const char *const loaders[P2P_LOADERS] = {
	[P2P_LOADER_PLAIN] = "pci=noaer,config_acs=xx@00:01.0;x'@00:02.0",
	[P2P_LOADER_GRUB] = "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX \"'"
			    "pci=\"noaer,config_acs=xx@00:01.0;x'\\''@00:02.0\"'",
	[P2P_LOADER_GRUBBY] = "grubby --update-kernel=ALL --remove-args='pci=noaer pci=realloc' "
			      "--args='pci=\"noaer,config_acs=xx@00:01.0;x'\\''@00:02.0\"'",
	[P2P_LOADER_SYSTEMD_BOOT] = "pci=noaer,config_acs=xx@00:01.0;x'@00:02.0",
	[P2P_LOADER_OSTREE] = "rpm-ostree kargs --delete='pci=noaer' --delete='pci=realloc' "
			      "--append='pci=\"noaer,config_acs=xx@00:01.0;x'\\''@00:02.0\"'",
};

START_TEST(quotes)
{
	struct p2p_cmdline *cmdline;
	char *line = NULL;

	machine("7.2.1", "pci=noaer quiet pci=realloc", 0x1d, 0x2030);
	cmdline = read_line(NULL);
	ck_assert_int_eq(p2p_loader_line(cmdline, (enum p2p_loader)_i,
					 "pci=noaer,config_acs=xx@00:01.0;x'@00:02.0", &line), 0);
	ck_assert_str_eq(line, loaders[_i]);
	free(line);
	ck_assert_str_eq(p2p_cmdline_pci(cmdline, 1), "pci=realloc");
	ck_assert_ptr_null(p2p_cmdline_pci(cmdline, 2));
	p2p_cmdline_free(cmdline);
	unmake();
}
END_TEST

/* Nothing that may stand on a command line is read past its end (under the sanitizers). */
START_TEST(survives)
{
	static const char letters[] = "pci=;,@:.0x1/\" disable_acs_redirconfig-";
	unsigned int seed = 12345u + (unsigned int)_i;
	char text[200] = "pci=config_acs=x@00:01.0;";

	for (size_t i = (size_t)(_i % 26); i + 1 < sizeof(text); i++) {
		seed = seed * 1103515245u + 12345u;
		text[i] = letters[(seed >> 16) % (sizeof(letters) - 1)];
	}
	machine("7.2.1", text, 0x1d, 0x2030);
	p2p_cmdline_free(read_line(NULL));
	unmake();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cmdline");
	TCase *tests = tcase_create("cmdline");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, passes_through, 0, COUNT(boots));
	tcase_add_loop_test(tests, finds, 0, COUNT(lines));
	tcase_add_loop_test(tests, merges_words, 0, COUNT(merges));
	tcase_add_test(tests, warns);
	tcase_add_test(tests, fits);
	tcase_add_loop_test(tests, quotes, 0, P2P_LOADERS);
	tcase_add_loop_test(tests, survives, 0, 200);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
