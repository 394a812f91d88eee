/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Config space of one function, reconstructed from what lspci prints of it: text, bytes, or both. */
#ifndef P2P_SNAPSHOT_LSPCI_TEXT_H
#define P2P_SNAPSHOT_LSPCI_TEXT_H

#include "snapshot/config.h"
#include "snapshot/pci-ids.h"
#include "snapshot/sources.h"

/** Limit for registers of one capability that are pending at once. */
#define P2P_TEXT_PENDING	8u

/**
 * struct p2p_text_function - what the lines of one function told so far.
 * @detailed, @verbose: it was printed with -v, or with -vv
 * @whole: it was printed to its end; @ended: an empty line showed that
 * @indents: some of its lines are indented
 * @no_list: the capabilities, or those after some point, were not shown
 * @damaged: a line is cut, joined to another or missing, so that no capability counts as absent
 * @no_capabilities: its status says that it has none
 * @unknown: lspci itself did not know its header type
 * @named: it has a subsystem
 * @several: the device has other functions
 * @extended_seen: lspci could read extended capabilities: it showed those of some function
 * @may_extend: it has a PCI Express or PCI-X capability, without which there are no extended ones
 * @header_known: its class, its port type or a remark of lspci tells its header type
 * @class_code, @interface, @revision, @vendor, @device: from its first line
 * @odd_acs: it may be a port whose ACS Control lspci misreads (p2p_acs_is_dword())
 * @header_type: 0, 1, 2
 * @capability, @extended: the capability that the lines belong to; 0 if none yet, or not decoded
 * @at, @last, @last_extended: its offset, and the offsets of the last ones of both chains
 * @rebars, @rebar: lines of Resizable BAR so far, and the offset of that capability
 * @group: label of the last line, "DevCtl" of "DevCtl: ..."
 * @told: per byte, whether the text tells it; @odd: per dword, whether a word of it was not understood
 * @words: one bit for each row of the table of words that was seen in this capability
 * @pending: @pending_count registers, in bytes, whose lines may continue
 * @hex: @hex_size bytes that were printed in hexadecimal
 */
struct p2p_text_function {
	bool detailed, verbose, whole, ended, indents, no_list, no_capabilities, damaged, unknown, named, several;
	bool extended_seen, may_extend, header_known, has_class, has_ids, odd_acs, extended;
	uint32_t class_code;
	unsigned int vendor, device, hex_size;
	uint8_t interface, revision, header_type;
	uint16_t capability, at, last, last_extended, rebar;
	unsigned int rebars;
	char group[16];
	struct { uint16_t offset, size; } pending[P2P_TEXT_PENDING];
	unsigned int pending_count;
	uint64_t words;
	uint8_t bytes[P2P_CONFIG_EXTENDED];
	bool told[P2P_CONFIG_EXTENDED], odd[P2P_CONFIG_EXTENDED / 4];
	uint8_t hex[P2P_CONFIG_EXTENDED];
};

/** p2p_lspci_line() - what a line is to the formats of lspci, as @line of struct p2p_format. */
unsigned int p2p_lspci_line(const char *line);

#define P2P_TEXT_BARS		6u
#define P2P_TEXT_WINDOWS	3u
#define P2P_TEXT_LINES		17u	/* lines of a bridge's `resource` */
#define P2P_TEXT_RESOURCE	((size_t)P2P_TEXT_LINES * 64)

/** struct p2p_text_bar - a line of `resource`. */
struct p2p_text_bar {
	unsigned long long first, size, flags;
};

/**
 * struct p2p_text_regions - the BARs of a function, and the windows of a bridge.
 * @windows: for I/O, memory and prefetchable memory
 * @unclear: one has no address, or no size
 * @seen: its memory window was shown; @odd: the text does not tell all that the kernel's file has
 */
struct p2p_text_regions {
	struct p2p_text_bar bars[P2P_TEXT_BARS], windows[P2P_TEXT_WINDOWS];
	bool unclear, seen, odd;
};

/** p2p_text_size() - the size in "[size=128G]" in @line; 0 if there is none. */
unsigned long long p2p_text_size(const char *line);

/** p2p_text_region() - take a line that starts with "Region ". */
void p2p_text_region(struct p2p_text_regions *regions, const char *line);

/** p2p_text_window() - take a line about a window; false if it is another line. */
bool p2p_text_window(struct p2p_text_regions *regions, const char *line);

/** p2p_text_resource() - turn them into lines of `resource`: six BARs, or two of a @bridge and its windows. */
void p2p_text_resource(const struct p2p_text_regions *regions, bool bridge,
		       char ret_lines[P2P_TEXT_RESOURCE]);

/** p2p_text_hex() - parse exactly @digits hexadecimal digits, followed by @after. */
bool p2p_text_hex(const char *from, size_t digits, char after, unsigned int *ret_value);

/** p2p_text_ids() - parse @line if it is "10de:2330", or the first "[10de:2330]" in it; otherwise both stay unchanged. */
bool p2p_text_ids(const char *line, unsigned int *ret_vendor, unsigned int *ret_device);

/** p2p_text_identity() - take the first line of a function, after its address. */
void p2p_text_identity(struct p2p_text_function *function, const struct p2p_names *names,
		       const char *rest);

/** p2p_dump_row() - take a line of 16 bytes; false if @line is something else. */
bool p2p_dump_row(const char *line, struct p2p_text_function *function);

/** p2p_text_load() - load the whole text.  @dump: it has lines of bytes, and was checked */
int p2p_text_load(struct p2p_context *context, const struct p2p_input *input, bool dump,
		  struct p2p_snapshot *snapshot);

/** p2p_text_class() - the class and subclass that pci.ids calls @name; 0 if unknown. */
unsigned int p2p_text_class(const char *name, size_t length);

/** p2p_text_is_extended() - is it the first line of an extended capability? */
bool p2p_text_is_extended(const char *line);

/** p2p_text_subsystem() - set the subsystem ids, of an endpoint or in the capability of a bridge. */
void p2p_text_subsystem(struct p2p_text_function *function, uint16_t vendor, uint16_t device);

/** p2p_text_put() - OR @value, of @bytes bytes, into its registers. */
void p2p_text_put(struct p2p_text_function *function, unsigned int offset, uint32_t value,
		  unsigned int bytes);

/** p2p_text_tell() - mark these @bytes as known, except in a dword that is @odd. */
void p2p_text_tell(struct p2p_text_function *function, unsigned int offset, unsigned int bytes);

/** p2p_text_tell_pending() - the lines of pending registers are over: mark them as known if all their words were seen. */
void p2p_text_tell_pending(struct p2p_text_function *function);

/** p2p_text_first_pointer() - offset of the header's pointer to the first capability. */
unsigned int p2p_text_first_pointer(const struct p2p_text_function *function);

/** p2p_text_register() - take a line about registers, or any other. */
void p2p_text_register(struct p2p_text_function *function, const char *line);

/** p2p_text_bits() - the bits of a dword of a capability that a text may tell. */
uint32_t p2p_text_bits(uint16_t id, bool extended, unsigned int reg);

/** p2p_text_rebar() - take a line below Resizable BAR. */
void p2p_text_rebar(struct p2p_text_function *function, const char *line);

/** p2p_text_rebar_end() - there are no more of these lines: the next capability started, or the function is complete. */
void p2p_text_rebar_end(struct p2p_text_function *function);

/** p2p_text_config() - make the configuration space, at the end of the function.  Return: 0 or -ENOMEM. */
int p2p_text_config(struct p2p_text_function *function, struct p2p_arena *arena,
		    struct p2p_config *ret_config);

#endif
