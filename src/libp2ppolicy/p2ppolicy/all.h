/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All private headers of the floors, for the command and the tests, which are linked with the
 * library's objects.  They are not installed and may change at any time; others build against
 * <p2ppolicy.h>.
 */
#ifndef P2PPOLICY_ALL_H
#define P2PPOLICY_ALL_H

#include <p2ppolicy.h>
#include <p2ppolicy/base.h>
#include <p2ppolicy/json.h>
#include <p2ppolicy/snapshot.h>
#include <p2ppolicy/stack.h>
#include <p2ppolicy/guest.h>
#include <p2ppolicy/topology.h>
#include <p2ppolicy/facts.h>
#include <p2ppolicy/change.h>
#include <p2ppolicy/verdict.h>
#include <p2ppolicy/score.h>
#include <p2ppolicy/ways.h>
#include <p2ppolicy/measured.h>
#include <p2ppolicy/isolation.h>
#include <p2ppolicy/policy.h>
#include <p2ppolicy/check.h>
#include <p2ppolicy/cmdline.h>
#include <p2ppolicy/diff.h>
#include <p2ppolicy/advice.h>
#include <p2ppolicy/gate.h>
#include <p2ppolicy/apply.h>
#include <p2ppolicy/prove.h>

#endif
