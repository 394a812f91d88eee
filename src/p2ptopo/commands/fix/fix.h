/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `fix` found: advice, the kernel parameters that make it last, and what it costs. */
#ifndef P2PTOPO_FIX_H
#define P2PTOPO_FIX_H

#include "app.h"

/**
 * struct fix_parameter - one way to write the change on the kernel command line.
 * @word: the word pci=...; NULL it cannot be said so, and @refused tells why
 * @lines: for each boot loader; NULL without a word
 */
struct fix_parameter {
	char *word, *refused;
	char *lines[P2P_LOADERS];
};

/**
 * struct fix_group - one IOMMU group that the change makes, with what it was before.
 * @members: borrowed, by BDF, of the machine as it is
 * @parts: how many groups they were in; 0 not known
 */
struct fix_group {
	const struct p2p_function **members;
	size_t count, parts;
};

/**
 * struct fix - all of it.
 * @groups: those that are not as they were; @groups_before, @groups_after: of the whole machine
 * @together: one per pair: are the two in one IOMMU group after the change
 * @gated: one per pair: the gate refuses now what the kernel permits
 * @applied: the registers were written
 */
struct fix {
	struct p2p_advice *advice;
	struct p2p_cmdline *cmdline;
	const struct p2p_register *registers;
	size_t register_count, pair_count;
	struct fix_parameter parameters[P2P_PARAMETERS];
	struct fix_group *groups;
	size_t group_count, groups_before, groups_after;
	enum p2p_tri *together;
	bool *gated;
	bool applied;
};

/** fix_groups_find() - fill @groups.  Return: 0 or a negative errno. */
int fix_groups_find(struct app *app, struct fix *fix);

/** fix_sure() - will each pair be what it shall be with the advice given? */
bool fix_sure(const struct fix *fix);

/** fix_undo_file() - where the way back is kept. */
const char *fix_undo_file(const struct app *app);

void fix_print(struct app *app, const struct fix *fix);
enum status fix_print_json(struct app *app, const struct fix *fix);

/** fix_lint() - print what is wrong with the command line.  Return: STATUS_NO when anything is. */
enum status fix_lint(struct app *app);

/** fix_report() - print what a kernel maintainer asks for before a host bridge is listed. */
enum status fix_report(struct app *app, const struct fix *fix);

#endif
