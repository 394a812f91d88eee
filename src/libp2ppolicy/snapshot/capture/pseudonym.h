/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pseudonyms for what identifies individual hardware.  The first identifier of a kind becomes number 1, and
 * so on; the same identifier always gets the same pseudonym.  All are replaced in place, without changing the
 * length; failed allocations are reported through p2p_lost().
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
 * p2p_scrub_config() - replace the Device Serial Number (PCIe r6.0, sec 7.9.3).
 * @bytes: @size bytes, a copy of config->bytes
 */
void p2p_scrub_config(struct p2p_pseudonyms *pseudonyms, const struct p2p_config *config,
		      uint8_t *bytes, size_t size);

/**
 * p2p_scrub_file() - replace what identifies hardware or host in a file, depending on its path.
 * @path: below the root
 * @data: @size bytes, changed in place
 */
void p2p_scrub_file(struct p2p_pseudonyms *pseudonyms, const char *path, char *data,
		    size_t size);

/** p2p_scrub_path() - replace names of host or hardware in a path, or in the target of a link. */
void p2p_scrub_path(struct p2p_pseudonyms *pseudonyms, char *path);

/** p2p_pseudonyms_set_host() - the host name to replace in every text; @host is borrowed. */
void p2p_pseudonyms_set_host(struct p2p_pseudonyms *pseudonyms, const char *host);

#endif
