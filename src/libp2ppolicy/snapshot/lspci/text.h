/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Config space of one function from what lspci -v, -vv and -vvv print of it. */
#ifndef P2P_SNAPSHOT_LSPCI_TEXT_H
#define P2P_SNAPSHOT_LSPCI_TEXT_H

#include "snapshot/config.h"

/**
 * struct p2p_text_function - what the lines of one function said so far.
 * @detailed, @verbose: it was printed with -v, with -vv
 * @whole: it was printed to its end
 * @no_list: the capabilities, or those from some point on, were not shown
 * @unknown: lspci itself did not know its header
 * @named: it has a subsystem
 * @several: the device has other functions
 * @extended_seen: lspci showed extended capabilities, of whatever function
 * @class_code, @interface, @revision, @has_ids: of its first line
 * @odd_acs: it may be a port whose ACS Control lspci does not read (p2p_acs_is_dword())
 * @header_type: 0, 1, 2
 * @capability, @extended: the one that the lines belong to; 0 none yet, or one not decoded
 * @at, @last, @last_extended: where it is, and the last ones of both chains
 * @group: what the last line began with, "DevCtl" of "DevCtl: ..."
 * @told: by byte, what the text says
 */
struct p2p_text_function {
	bool detailed, verbose, whole, no_list, unknown, named, several;
	bool extended_seen, has_ids, odd_acs, extended;
	uint32_t class_code;
	uint8_t interface, revision, header_type;
	uint16_t capability, at, last, last_extended;
	char group[16];
	uint8_t bytes[P2P_CONFIG_EXTENDED];
	bool told[P2P_CONFIG_EXTENDED];
};

/** p2p_lspci_line() - what a line of a text is to lspci, as @line of struct p2p_format. */
unsigned int p2p_lspci_line(const char *line);

/** p2p_text_class() - the class and subclass that pci.ids calls so; 0 another. */
unsigned int p2p_text_class(const char *name, size_t length);

/** p2p_text_is_extended() - is it the first line of an extended capability? */
bool p2p_text_is_extended(const char *line);

/** p2p_text_subsystem() - its ids, of an endpoint or in the capability of a bridge. */
void p2p_text_subsystem(struct p2p_text_function *function, uint16_t vendor, uint16_t device);

/** p2p_text_register() - a line of registers, or any other. */
void p2p_text_register(struct p2p_text_function *function, const char *line);

/** p2p_text_config() - all of it, at the end of the function.  Return: 0 or -ENOMEM. */
int p2p_text_config(struct p2p_text_function *function, struct p2p_arena *arena,
		    struct p2p_config *ret_config);

#endif
