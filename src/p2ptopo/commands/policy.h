/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the policy and gate commands share. */
#ifndef P2PTOPO_POLICY_H
#define P2PTOPO_POLICY_H

#include "app.h"

/** The policy of this machine, unless another file is named. */
#define POLICY_FILE "/etc/p2ptopo/policy.json"

/** What the gate keeps beside a list that somebody pushed to turn it off; 32 bytes. */
#define POLICY_TAG_OFF "turned off by hand, stays off   "

/** How often a machine whose functions come and go is read, and its policy pushed, before it is given up. */
#define PUSH_TRIES 10

/** struct list_of - a policy and what it allows on the machine that was read. */
struct list_of {
	struct p2p_policy *policy;
	struct p2p_allow_list *list;
};

/**
 * policy_compile() - read @path (NULL: POLICY_FILE) and apply it to the machine in @app.
 * @ret_list: freed by policy_release(), also after failure
 */
enum status policy_compile(struct app *app, const char *path, struct list_of *ret_list);

/**
 * policy_tell_why() - notes on globs of @path that match no function and, where the policy allows
 *	nothing, on each rule and why.
 */
enum status policy_tell_why(const struct app *app, const char *path, const struct list_of *list);

/** policy_release() - free what policy_compile() made. */
void policy_release(struct list_of *list);

/** name_of() - what people call the function at @bdf; "?" when it is not there. */
const char *name_of(const struct app *app, struct p2p_bdf bdf);

#endif
