/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine as the viewer sees it: as read, under the chosen rules, with the changes that the user tries
 * out, and with what came and went since.
 */
#ifndef P2PTOPO_VIEW_MACHINE_H
#define P2PTOPO_VIEW_MACHINE_H

#include "view/state.h"
#include "machine/follow.h"

/** How long functions that came, went or changed stay marked, in milliseconds. */
#define MARKED_FOR 20000

/** enum mark - what happened to a function since the previous reading. */
enum mark { MARK_NONE, MARK_CAME, MARK_WENT, MARK_CHANGED };

/**
 * struct event - one function with a mark.
 * @line: how the function was shown, for one that is gone
 * @until: when the mark ends
 */
struct event {
	struct p2p_bdf bdf;
	enum mark mark;
	char line[160];
	int64_t until;
};

/**
 * struct trial - a port for which other redirects are tried out.
 * @bdf: address of the port, which may be gone once the machine is read again
 * @control: the value of ACS Control that is tried
 */
struct trial {
	struct p2p_bdf bdf;
	uint16_t control;
};

/**
 * struct machine - the machine and the trials.
 * @read: what was read; the next reading replaces it in place
 * @shown: what the pages show: @read under the chosen rules and with @trials
 * @plain: evaluates what was read under these rules
 * @tried, @eval: the topology with @trials, and its evaluator; NULL if nothing is tried
 * @selected: the selected functions of @tried
 * @words: further changes that are tried, in the syntax of the command what-if
 */
struct machine {
	struct app *read, shown;
	struct p2p_eval *plain, *eval;
	struct p2p_topology *tried;
	const struct p2p_function **selected;
	struct trial *trials;
	size_t trial_count;
	char **words;
	size_t word_count;
	struct event *events;
	size_t event_count;
};

/** machine_start() - start with @app, which has been read and evaluated. */
void machine_start(struct machine *machine, struct app *app);
void machine_free(struct machine *machine);

/** machine_forget() - drop the evaluation; @shown becomes what was read. */
void machine_forget(struct machine *machine);

/** machine_rules_count() - number of rule sets, "auto" included. */
unsigned int machine_rules_count(void);

/** machine_eval() - evaluate under the rules of @state, with all trials.  Return: 0 or -errno. */
int machine_eval(struct machine *machine, const struct state *state);

/** machine_function() - the function as shown; NULL if there is none. */
const struct p2p_function *machine_function(const struct machine *machine, struct address address);

/** machine_as_read() - the same function without the trials. */
const struct p2p_function *machine_as_read(const struct machine *machine,
					   const struct p2p_function *function);

/** machine_is_tried() - whether its ACS Control differs from what was read. */
bool machine_is_tried(const struct machine *machine, const struct p2p_function *function);

/**
 * machine_toggle() - clear the redirects of a port, or put them back if none is set.
 * Return: 0; -ENOENT if the port has no redirect to clear or restore; -ENOMEM. machine_eval() puts it into
 *	effect.
 */
int machine_toggle(struct machine *machine, const struct p2p_function *port);

/** machine_toggle_pair() - the same for all functions that redirect between two devices. */
int machine_toggle_pair(struct machine *machine, const struct p2p_function *provider,
			const struct p2p_function *client);

/**
 * machine_try() - try a change of the IOMMU or of a driver, in the syntax of the command what-if. It replaces
 *	an earlier change of the IOMMU or of the same device.
 * Return: 0; -EINVAL if it is not a valid change, with the reason in the failure of @read; -ENOMEM.
 */
int machine_try(struct machine *machine, const char *word);

/** machine_tries() - number of changes being tried. */
size_t machine_tries(const struct machine *machine);

/** machine_undo() - drop all trials. */
void machine_undo(struct machine *machine);

/** machine_load() - app_read() for a screen: its note goes into @note, which has INPUT_SIZE bytes. */
enum status machine_load(struct app *app, char *note);

/**
 * machine_read() - read the machine again and mark what came, went and changed.
 * @now: milliseconds
 * @note: a note about the reading, or why it failed; INPUT_SIZE bytes. Unless the result is FOLLOW_READ, the
 * machine is as before. In all cases it has to be evaluated again.
 */
enum follow_result machine_read(struct machine *machine, struct follower *follower, int64_t now,
				char *note);

/** machine_mark() - what happened to a function. */
enum mark machine_mark(const struct machine *machine, struct p2p_bdf bdf);

/** machine_expire() - forget marks that have expired. Return: whether there were any. */
bool machine_expire(struct machine *machine, int64_t now);

/** machine_eval_pair() - get the verdict as shown. Return: whether it differs from the verdict for what was read. */
bool machine_eval_pair(const struct machine *machine, const struct p2p_function *provider,
			const struct p2p_function *client, struct p2p_verdict *ret_verdict);

#endif
