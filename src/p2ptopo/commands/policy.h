/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the policy and gate commands. */
#ifndef P2PTOPO_POLICY_H
#define P2PTOPO_POLICY_H

#include "app.h"

/** The policy of this machine, unless another file is named. */
#define POLICY_FILE "/etc/p2ptopo/policy.json"

/** The tag that the gate keeps with a list that was pushed to turn it off; 32 bytes. */
#define POLICY_TAG_OFF "turned off by hand, stays off   "

/** Number of attempts to read a machine whose functions come and go, and to push its policy. */
#define PUSH_TRIES 10

/** struct list_of - a policy and what it allows on the machine that was read. */
struct list_of {
	struct p2p_policy *policy;
	struct p2p_allow_list *list;
};

/**
 * policy_compile() - read @path (NULL: POLICY_FILE) and apply it to the machine in @app.
 * @ret_list: release with policy_release(), even after a failure
 */
enum status policy_compile(struct app *app, const char *path, struct list_of *ret_list);

/**
 * policy_tell_why() - print notes about globs of @path that match no function and, if the policy allows
 *	nothing, about each rule and why.
 */
enum status policy_tell_why(const struct app *app, const char *path, const struct list_of *list);

/** policy_release() - free what policy_compile() made. */
void policy_release(struct list_of *list);

/** name_of() - the display name of the function at @bdf; "?" if there is no such function. */
const char *name_of(const struct app *app, struct p2p_bdf bdf);

#endif
