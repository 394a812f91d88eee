/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libp2ppolicy: which PCIe devices of a machine can do peer-to-peer DMA with which, and why.
 *
 *	snapshot (facts) -> topology (tree, capabilities) -> verdict (kernel, fabric)
 *		-> policy (allow-list) -> gate (the kernel module p2pgate)
 *
 * Every function that can fail returns 0 or a negative errno, leaves its outputs untouched on
 * failure, and puts one sentence into the context (p2p_context_error()).  Nothing here prints,
 * exits, reads the environment or keeps state outside the objects it returns.
 */
#ifndef P2PPOLICY_H
#define P2PPOLICY_H

#include <p2ppolicy/base.h>
#include <p2ppolicy/snapshot.h>
#include <p2ppolicy/topology.h>
#include <p2ppolicy/change.h>
#include <p2ppolicy/verdict.h>
#include <p2ppolicy/score.h>
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
