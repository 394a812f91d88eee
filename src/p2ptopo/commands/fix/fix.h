/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The results of `fix`: advice, the kernel parameters that make it permanent, and its cost. */
#ifndef P2PTOPO_FIX_H
#define P2PTOPO_FIX_H

#include "app.h"

/**
 * struct fix_parameter - one form of the change on the kernel command line.
 * @word: the word pci=...; NULL if it cannot be expressed in this form, for the reason in @refused
 * @lines: the line for each boot loader; NULL without a word
 */
struct fix_parameter {
	char *word, *refused;
	char *lines[P2P_LOADERS];
};

/**
 * struct fix_group - one IOMMU group that results from the change, compared with before.
 * @members: borrowed, in BDF order, from the machine as it is
 * @parts: how many groups they were in before; 0 if unknown
 */
struct fix_group {
	const struct p2p_function **members;
	size_t count, parts;
};

/**
 * struct fix - all results.
 * @groups: the groups that change; @groups_before, @groups_after: their number in the whole machine
 * @together: for each pair: whether the two are in one IOMMU group after the change
 * @gated: for each pair: whether the gate now refuses what the kernel permits
 * @applied: whether the registers were written
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

/** fix_sure() - whether the advice is certain to reach the goal for each pair. */
bool fix_sure(const struct fix *fix);

/** fix_undo_file() - the file from which the change can be undone. */
const char *fix_undo_file(const struct app *app);

void fix_print(struct app *app, const struct fix *fix);
enum status fix_print_json(struct app *app, const struct fix *fix);

/** fix_lint() - print what is wrong with the command line. Return: STATUS_NO if anything is. */
enum status fix_lint(struct app *app);

/** fix_report() - print what kernel maintainers want to know before they list a host bridge. */
enum status fix_report(struct app *app, const struct fix *fix);

#endif
