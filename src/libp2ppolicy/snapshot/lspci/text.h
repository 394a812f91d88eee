/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Config space of one function from what lspci prints of it, as text, as bytes, or both. */
#ifndef P2P_SNAPSHOT_LSPCI_TEXT_H
#define P2P_SNAPSHOT_LSPCI_TEXT_H

#include "snapshot/config.h"
#include "snapshot/pci-ids.h"
#include "snapshot/sources.h"

/** Registers of one capability that may be pending at once. */
#define P2P_TEXT_PENDING	8u

/**
 * struct p2p_text_function - what the lines of one function said so far.
 * @detailed, @verbose: it was printed with -v, with -vv
 * @whole: it was printed to its end; @ended: an empty line showed that
 * @indents: some of its lines are indented
 * @no_list: the capabilities, or those from some point on, were not shown
 * @damaged: a line is cut, joined to another or missing, so that no capability is absent
 * @no_capabilities: its status says that it has none
 * @unknown: lspci itself did not know its header
 * @named: it has a subsystem
 * @several: the device has other functions
 * @extended_seen: lspci could read extended capabilities: it showed those of a function, whichever
 * @may_extend: it has the capability of PCI Express or of PCI-X, without which there are no extended ones
 * @header_known: its class, its port type or lspci tells the type of its header
 * @class_code, @interface, @revision, @vendor, @device: of its first line
 * @odd_acs: it may be a port whose ACS Control lspci does not read (p2p_acs_is_dword())
 * @header_type: 0, 1, 2
 * @capability, @extended: the one that the lines belong to; 0 none yet, or one not decoded
 * @at, @last, @last_extended: where it is, and the last ones of both chains
 * @rebars, @rebar: lines of Resizable BAR so far, and where that capability is
 * @group: what the last line began with, "DevCtl" of "DevCtl: ..."
 * @told: by byte, what the text says; @odd: by dword, a word of it is not understood
 * @words: of the capability, one bit for each row of the table of words that was seen
 * @pending: bytes of registers whose lines may go on, @pending_count of them
 * @hex: @hex_size bytes that were printed as such
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

/** p2p_lspci_line() - what a line of a text is to lspci, as @line of struct p2p_format. */
unsigned int p2p_lspci_line(const char *line);

#define P2P_TEXT_BARS		6u
#define P2P_TEXT_WINDOWS	3u
#define P2P_TEXT_LINES		17u	/* of a bridge's `resource` */
#define P2P_TEXT_RESOURCE	((size_t)P2P_TEXT_LINES * 64)

/** struct p2p_text_bar - a line of `resource`. */
struct p2p_text_bar {
	unsigned long long first, size, flags;
};

/**
 * struct p2p_text_regions - the BARs of a function, and the windows of a bridge.
 * @windows: for I/O, memory and prefetchable memory
 * @unclear: one has no address, or no size
 * @seen: its window for memory was there; @odd: not all that the kernel's file has can be told
 */
struct p2p_text_regions {
	struct p2p_text_bar bars[P2P_TEXT_BARS], windows[P2P_TEXT_WINDOWS];
	bool unclear, seen, odd;
};

/** p2p_text_size() - "[size=128G]" in @line; 0 when it is not told. */
unsigned long long p2p_text_size(const char *line);

/** p2p_text_region() - take a line that begins with "Region ". */
void p2p_text_region(struct p2p_text_regions *regions, const char *line);

/** p2p_text_window() - take a line on a window or on the ROM; false when it is another. */
bool p2p_text_window(struct p2p_text_regions *regions, const char *line);

/** p2p_text_resource() - they as lines of `resource`: six BARs, or two of a @bridge and its windows. */
void p2p_text_resource(const struct p2p_text_regions *regions, bool bridge,
		       char ret_lines[P2P_TEXT_RESOURCE]);

/** p2p_text_hex() - exactly @digits hexadecimal ones, and then @after. */
bool p2p_text_hex(const char *from, size_t digits, char after, unsigned int *ret_value);

/** p2p_text_ids() - @line is "10de:2330", or the first "[10de:2330]" in it; else both stay as they are. */
bool p2p_text_ids(const char *line, unsigned int *ret_vendor, unsigned int *ret_device);

/** p2p_text_identity() - the first line of a function, from behind its address. */
void p2p_text_identity(struct p2p_text_function *function, const struct p2p_names *names,
		       const char *rest);

/** p2p_dump_row() - take a line of 16 bytes; false when @line is something else. */
bool p2p_dump_row(const char *line, struct p2p_text_function *function);

/** p2p_text_load() - the whole text.  @dump: it has lines of bytes, and is known to be sound */
int p2p_text_load(struct p2p_context *context, const struct p2p_input *input, bool dump,
		  struct p2p_snapshot *snapshot);

/** p2p_text_class() - the class and subclass that pci.ids calls so; 0 another. */
unsigned int p2p_text_class(const char *name, size_t length);

/** p2p_text_is_extended() - is it the first line of an extended capability? */
bool p2p_text_is_extended(const char *line);

/** p2p_text_subsystem() - its ids, of an endpoint or in the capability of a bridge. */
void p2p_text_subsystem(struct p2p_text_function *function, uint16_t vendor, uint16_t device);

/** p2p_text_put() - or @value, of @bytes bytes, into its registers. */
void p2p_text_put(struct p2p_text_function *function, unsigned int offset, uint32_t value,
		  unsigned int bytes);

/** p2p_text_tell() - these @bytes are known, but for a dword that is @odd. */
void p2p_text_tell(struct p2p_text_function *function, unsigned int offset, unsigned int bytes);

/** p2p_text_tell_pending() - what comes now is of other registers: those that are pending are known if all their words were there. */
void p2p_text_tell_pending(struct p2p_text_function *function);

/** p2p_text_first_pointer() - where its header points to the first capability. */
unsigned int p2p_text_first_pointer(const struct p2p_text_function *function);

/** p2p_text_register() - a line of registers, or any other. */
void p2p_text_register(struct p2p_text_function *function, const char *line);

/** p2p_text_bits() - the bits that a text may tell of a dword of a capability. */
uint32_t p2p_text_bits(uint16_t id, bool extended, unsigned int reg);

/** p2p_text_rebar() - a line below Resizable BAR. */
void p2p_text_rebar(struct p2p_text_function *function, const char *line);

/** p2p_text_rebar_end() - there are no more of these lines: the next capability began, or the text is whole. */
void p2p_text_rebar_end(struct p2p_text_function *function);

/** p2p_text_config() - all of it, at the end of the function.  Return: 0 or -ENOMEM. */
int p2p_text_config(struct p2p_text_function *function, struct p2p_arena *arena,
		    struct p2p_config *ret_config);

#endif
