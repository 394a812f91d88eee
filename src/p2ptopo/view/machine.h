/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine as the viewer has it: as it was read, by the rules chosen, and with what the user
 * tries out; and what came and went since.
 */
#ifndef P2PTOPO_VIEW_MACHINE_H
#define P2PTOPO_VIEW_MACHINE_H

#include "view/state.h"
#include "machine/follow.h"

/** For how long what came, went or changed is marked, in milliseconds. */
#define MARKED_FOR 20000

/** enum mark - what happened to a function since it was read before. */
enum mark { MARK_NONE, MARK_CAME, MARK_WENT, MARK_CHANGED };

/**
 * struct event - one such function.
 * @line: what it was called, for the one that is gone
 * @until: when the mark ends
 */
struct event {
	struct p2p_bdf bdf;
	enum mark mark;
	char line[160];
	int64_t until;
};

/**
 * struct trial - a port whose redirects are tried out otherwise.
 * @bdf: it may be gone when the machine was read again
 * @control: ACS Control as tried
 */
struct trial {
	struct p2p_bdf bdf;
	uint16_t control;
};

/**
 * struct machine - see above.
 * @read: what was read; read again it is replaced in place
 * @shown: what the pages show: @read by the rules chosen and with @trials
 * @plain: evaluates what was read by these rules
 * @tried, @eval: the topology with @trials, and its evaluator; NULL when nothing is tried
 * @selected: of @tried
 * @words: changes as the command what-if takes them, which are tried too
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

/** machine_start() - @app has been read and evaluated. */
void machine_start(struct machine *machine, struct app *app);
void machine_free(struct machine *machine);

/** machine_forget() - drop what was evaluated; @shown is what was read. */
void machine_forget(struct machine *machine);

/** machine_rules_count() - number of rule sets, "auto" included. */
unsigned int machine_rules_count(void);

/** machine_eval() - evaluate by the rules of @state, with all trials.  Return: 0 or -errno. */
int machine_eval(struct machine *machine, const struct state *state);

/** machine_function() - the function as shown; NULL there is none. */
const struct p2p_function *machine_function(const struct machine *machine, struct address address);

/** machine_as_read() - the same function without what is tried. */
const struct p2p_function *machine_as_read(const struct machine *machine,
					   const struct p2p_function *function);

/** machine_is_tried() - is its ACS control another than was read? */
bool machine_is_tried(const struct machine *machine, const struct p2p_function *function);

/**
 * machine_toggle() - clear the redirects of a port, or, when none is set, put them back.
 * Return: 0; -ENOENT it has none that could be; -ENOMEM.  machine_eval() makes it seen.
 */
int machine_toggle(struct machine *machine, const struct p2p_function *port);

/** machine_toggle_pair() - likewise of all functions that redirect between two. */
int machine_toggle_pair(struct machine *machine, const struct p2p_function *provider,
			const struct p2p_function *client);

/**
 * machine_try() - try a change of the IOMMU or of a driver, as the command what-if takes it.  One of the
 *	same IOMMU or device takes the place of the one before.
 * Return: 0; -EINVAL it is none, and the failure of @read says why; -ENOMEM.
 */
int machine_try(struct machine *machine, const char *word);

/** machine_tries() - how many changes are tried. */
size_t machine_tries(const struct machine *machine);

/** machine_undo() - nothing is tried any more. */
void machine_undo(struct machine *machine);

/**
 * machine_load() - app_read() for a screen: its note goes into @note, INPUT_SIZE bytes.
 */
enum status machine_load(struct app *app, char *note);

/**
 * machine_read() - read it again and mark what came, went and changed.
 * @now: milliseconds
 * @note: what there is to say of the reading, or why it failed; INPUT_SIZE bytes
 * Unless FOLLOW_READ it is as it was before.  In all cases it has to be evaluated again.
 */
enum follow_result machine_read(struct machine *machine, struct follower *follower, int64_t now,
				char *note);

/** machine_mark() - what happened to it. */
enum mark machine_mark(const struct machine *machine, struct p2p_bdf bdf);

/** machine_expire() - forget marks that are over.  Return: were there any? */
bool machine_expire(struct machine *machine, int64_t now);

/** machine_eval_pair() - the verdict as shown, and whether it is another than was read. */
bool machine_eval_pair(const struct machine *machine, const struct p2p_function *provider,
			const struct p2p_function *client, struct p2p_verdict *ret_verdict);

#endif
