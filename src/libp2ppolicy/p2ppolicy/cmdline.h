/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel command line: what is wrong with the current one, and what it needs so that a change
 * of ACS is in effect from boot on.
 *
 * The syntax is that of Documentation/admin-guide/kernel-parameters.txt, and of pci_setup() and
 * pci_dev_str_match() in drivers/pci/pci.c:
 *	pci=disable_acs_redir=DEVICE[;DEVICE...]	since 4.19
 *	pci=config_acs=BITS@DEVICE[;BITS@DEVICE...]	since 6.11
 * BITS is written, from the left, DT EC UF CR RR TB SV: 1 set, 0 clear, x as firmware left it.
 */
#ifndef P2PPOLICY_CMDLINE_H
#define P2PPOLICY_CMDLINE_H

#include <p2ppolicy/topology.h>

/**
 * struct p2p_register - a change of ACS Control of one function.
 * @function: borrowed from the topology that the change was found for
 * @offset: of the register in config space
 * @size: 2 or 4 bytes: Intel PCH root ports have a dword at +8 where the specification has a
 *	word at +6 (drivers/pci/quirks.c, INTEL_SPT_ACS_CTRL)
 * @present: what it holds; @mask: the bits to change; @value: what they become
 */
struct p2p_register {
	const struct p2p_function *function;
	uint16_t offset;
	uint8_t size;
	uint16_t present, mask, value;
};

/** enum p2p_parameter - an option of pci= that changes ACS. */
enum p2p_parameter { P2P_PARAMETER_DISABLE_ACS_REDIR, P2P_PARAMETER_CONFIG_ACS, P2P_PARAMETERS };

/** p2p_parameter_name() - "disable_acs_redir", "config_acs". */
const char *p2p_parameter_name(enum p2p_parameter parameter);

/** enum p2p_lint_kind - what is wrong with a command line. */
enum p2p_lint_kind {
	P2P_LINT_COMMA,		/* a comma between devices, which ends the option */
	P2P_LINT_SYNTAX,	/* no device, no bits, or bits that do not exist */
	P2P_LINT_NO_DEVICE,	/* names a device that is not there */
	P2P_LINT_NO_ACS,	/* names a device without ACS */
	P2P_LINT_RELEASE,	/* this kernel does not know the option */
	P2P_LINT_FLAWED,	/* this kernel knows the option but does something else */
	P2P_LINT_REPEATED,	/* a later option, or an earlier device of the list, takes its place */
	P2P_LINT_OVERRIDDEN,	/* config_acs is applied after disable_acs_redir */
	P2P_LINT_CUT,		/* ends where an unquoted ';' would have cut it */
	P2P_LINT_NO_EFFECT,	/* the register does not show what it asks for */
	P2P_LINT_FOREIGN,	/* an option of a patch that no mainline kernel has */
	P2P_LINT_UNKNOWN,	/* not an option, or not a value of one, in any known kernel */
	P2P_LINT_MISPLACED,	/* an option of pci= that is not inside pci= */
	P2P_LINTS
};

/** p2p_lint_name() - "comma", "syntax", "no_device", ... */
const char *p2p_lint_name(enum p2p_lint_kind kind);

/**
 * struct p2p_lint - one finding.
 * @certain: false if it only may be wrong
 * @word: the part of the command line it is about
 * @text: one sentence
 */
struct p2p_lint {
	enum p2p_lint_kind kind;
	bool certain;
	const char *word, *text;
};

struct p2p_cmdline;

/**
 * p2p_cmdline_new() - read the machine's command line.
 * @topology: must outlive it; a machine whose command line was not recorded has an empty one
 * @release: the kernel that the advice is for, "6.12.22" or "6.12" (its newest update); NULL the
 *	machine's own
 * @ret_cmdline: owned by the caller; free with p2p_cmdline_free()
 *
 * Return: 0 or -ENOMEM.
 */
int p2p_cmdline_new(struct p2p_context *context, const struct p2p_topology *topology,
		    const char *release, struct p2p_cmdline **ret_cmdline);

/** p2p_cmdline_free() - NULL is fine.  Return: NULL. */
struct p2p_cmdline *p2p_cmdline_free(struct p2p_cmdline *cmdline);

/** p2p_cmdline_lint() - the finding at @index, in the order of the command line; NULL past the end. */
const struct p2p_lint *p2p_cmdline_lint(const struct p2p_cmdline *cmdline,
					size_t index);

/** p2p_cmdline_pci() - the pci= word at @index as written there; NULL past the end. */
const char *p2p_cmdline_pci(const struct p2p_cmdline *cmdline, size_t index);

/**
 * p2p_cmdline_warning() - what to know before @parameter is used with this kernel; NULL nothing.
 */
const char *p2p_cmdline_warning(const struct p2p_cmdline *cmdline,
				enum p2p_parameter parameter);

/**
 * p2p_cmdline_merge() - one word pci=... that does what the present pci= words do and also makes
 *	the changes to the registers.
 * @registers: @count of them, each of a different function
 * @ret_word: owned by the caller, free(); it replaces all pci= words
 *
 * config_acs names every bit that the function has, so that the result does not depend on what
 * firmware set.  disable_acs_redir clears ReqRedir, CmpltRedir and EgressCtrl of a function,
 * and from 6.11 on also what the kernel itself would have set there.
 *
 * Return: 0; -EOPNOTSUPP the kernel lacks the option or does something else with it, the option
 *	cannot express the change, or the command line would be too long: p2p_context_error() says
 *	which; -ENOMEM.
 */
int p2p_cmdline_merge(struct p2p_context *context, const struct p2p_cmdline *cmdline,
		      enum p2p_parameter parameter,
		      const struct p2p_register *registers, size_t count,
		      char **ret_word);

/** enum p2p_loader - the boot loader, or what else passes the command line to the kernel. */
enum p2p_loader {
	P2P_LOADER_PLAIN,	/* as /proc/cmdline shows it */
	P2P_LOADER_GRUB,	/* /etc/default/grub */
	P2P_LOADER_GRUBBY,	/* Boot Loader Specification entries read by GRUB (Fedora, RHEL) */
	P2P_LOADER_SYSTEMD_BOOT,	/* /etc/kernel/cmdline, or options of a loader entry */
	P2P_LOADER_OSTREE,	/* rpm-ostree kargs */
	P2P_LOADERS
};

/**
 * p2p_cmdline_loader() - what passed the current command line, recognized by what it added itself;
 *	P2P_LOADER_PLAIN if that cannot be told.
 */
enum p2p_loader p2p_cmdline_loader(const struct p2p_cmdline *cmdline);

/**
 * struct p2p_passthrough - how to turn off the IOMMU's translation for the drivers of the host.
 * @word: to be added to the command line
 * @line: what to write or run to add it with the boot loader of this boot
 * @against: a word on the command line that says the opposite and must be removed; NULL none
 * @cost: one sentence
 */
struct p2p_passthrough {
	const char *word, *line, *against, *cost;
};

/**
 * p2p_cmdline_passthrough() - the parameter for this machine; "iommu=pt" on x86, else
 *	"iommu.passthrough=1".
 * @ret_passthrough: its texts live as long as @cmdline
 *
 * Return: 0 or -ENOMEM.
 */
int p2p_cmdline_passthrough(struct p2p_cmdline *cmdline,
			    struct p2p_passthrough *ret_passthrough);

/** p2p_loader_name() - "plain", "grub", "grubby", "systemd-boot", "ostree". */
const char *p2p_loader_name(enum p2p_loader loader);

/**
 * p2p_loader_line() - what to write or run so that the whole @word reaches the kernel.
 * @word: as p2p_cmdline_merge() made it
 * @ret_line: one line, owned by the caller, free()
 *
 * GRUB ends a command at a ';' outside quotes, both in grub.cfg and in what it makes of Boot Loader
 * Specification entries.  It removes the quotes, and so does the kernel (lib/cmdline.c,
 * next_arg()).
 *
 * Return: 0 or -ENOMEM.
 */
int p2p_loader_line(const struct p2p_cmdline *cmdline, enum p2p_loader loader,
		    const char *word, char **ret_line);

#endif
