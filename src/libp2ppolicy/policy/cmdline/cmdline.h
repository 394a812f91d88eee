/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command line, parsed in the same way as by the kernel. */
#ifndef P2P_POLICY_CMDLINE_H
#define P2P_POLICY_CMDLINE_H

#include <p2ppolicy/cmdline.h>

#include "base/arena.h"

/** How many bits of ACS Control pci=config_acs= can name: drivers/pci/pci.c, __pci_config_acs(). */
#define P2P_ACS_NAMED 7u

/**
 * struct p2p_item - one element of an option's list.
 * @text: the whole element; @device: the part that names the function
 * @bits: NULL for disable_acs_redir
 */
struct p2p_item {
	const char *text, *bits, *device;
};

/**
 * struct p2p_option - one comma-separated part of a pci= word.
 * @parameter: P2P_PARAMETERS if it is neither of those that change ACS
 * @lost: it follows a comma that should have been a semicolon
 */
struct p2p_option {
	const char *text;
	enum p2p_parameter parameter;
	struct p2p_item *items;
	size_t item_count;
	bool lost;
};

/**
 * struct p2p_word - one word of the command line, without its quotes.
 * @option_count: how many options it added, from @first_option on; 0 if it is not a pci= word
 */
struct p2p_word {
	const char *text;
	size_t first_option, option_count;
};

/**
 * struct p2p_cmdline
 * @pci: the pci= words as written; @options: what they contain; both in order
 * @words: every word up to a lone "--", in order
 * @effective: the last option of each kind, which is the one the kernel uses; NULL none
 * @warning: what p2p_cmdline_warning() returns
 * @ends_with_option: the last word is a pci= word
 */
struct p2p_cmdline {
	const struct p2p_topology *topology;
	struct p2p_arena arena;
	const char *release;
	bool any_update;	/* @release names no update, which means the newest */
	const char **pci;
	size_t pci_count;
	struct p2p_word *words;
	size_t word_count;
	struct p2p_option *options;
	size_t option_count;
	const struct p2p_option *effective[P2P_PARAMETERS];
	const char *warning[P2P_PARAMETERS];
	bool ends_with_option;
	struct p2p_lint *lints;
	size_t lint_count;
	bool no_memory;
};

/** enum p2p_support - what a kernel does with an option. */
enum p2p_support {
	P2P_SUPPORT_UNKNOWN,	/* the kernel release is not known */
	P2P_SUPPORT_NONE,
	P2P_SUPPORT_FLAWED,
	P2P_SUPPORT_MAYBE,	/* flawed in mainline, but the distributor may have fixed it */
	P2P_SUPPORT_FULL,
};

/** p2p_cmdline_support() - what the kernel does with @parameter. */
enum p2p_support p2p_cmdline_support(const struct p2p_cmdline *cmdline,
				     enum p2p_parameter parameter);

/**
 * p2p_item_matches() - does the kernel match @device to @function: pci_dev_str_match().
 * Return: 1 yes, 0 no, -EINVAL it does not name a device.
 */
int p2p_item_matches(const char *device, const struct p2p_function *function);

/** p2p_cmdline_check() - fill in the findings. */
void p2p_cmdline_check(struct p2p_cmdline *cmdline);

/** p2p_cmdline_add() - add a finding. */
void p2p_cmdline_add(struct p2p_cmdline *cmdline, enum p2p_lint_kind kind, bool certain,
		     const char *word, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/** p2p_cmdline_check_other() - findings about an option of pci= that does not change ACS. */
void p2p_cmdline_check_other(struct p2p_cmdline *cmdline, const struct p2p_option *option);

/** p2p_cmdline_check_word() - findings about a word that is not a pci= word. */
void p2p_cmdline_check_word(struct p2p_cmdline *cmdline, const struct p2p_word *word);

#endif
