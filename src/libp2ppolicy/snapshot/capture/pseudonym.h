/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pseudonyms for what identifies a piece of hardware.  The first identifier of a kind that is
 * met becomes number 1, and so on; the same identifier gets the same pseudonym wherever it is.
 * All are replaced in place, without a change of length; what there is no memory for is p2p_lost().
 */
#ifndef P2P_SNAPSHOT_PSEUDONYM_H
#define P2P_SNAPSHOT_PSEUDONYM_H

#include "base/arena.h"
#include "snapshot/config.h"

struct p2p_pseudonyms;

/** p2p_pseudonyms_new() - free with p2p_pseudonyms_free().  Return: NULL when out of memory. */
struct p2p_pseudonyms *p2p_pseudonyms_new(void);

/** p2p_pseudonyms_free() - NULL is fine.  Return: NULL. */
struct p2p_pseudonyms *p2p_pseudonyms_free(struct p2p_pseudonyms *pseudonyms);

/**
 * p2p_scrub_config() - the Device Serial Number (PCIe r6.0, sec 7.9.3).
 * @bytes: @size bytes, a copy of config->bytes
 */
void p2p_scrub_config(struct p2p_pseudonyms *pseudonyms, const struct p2p_config *config,
		      uint8_t *bytes, size_t size);

/**
 * p2p_scrub_file() - what identifies hardware or host in a file, by its path.
 * @path: below the root
 * @data: @size bytes, changed in place
 */
void p2p_scrub_file(struct p2p_pseudonyms *pseudonyms, const char *path, char *data,
		    size_t size);

/** p2p_scrub_path() - what names host or hardware in a path, or in the target of a link. */
void p2p_scrub_path(struct p2p_pseudonyms *pseudonyms, char *path);

/** p2p_pseudonyms_set_host() - the host name to replace in every text; @host is borrowed. */
void p2p_pseudonyms_set_host(struct p2p_pseudonyms *pseudonyms, const char *host);

#endif
