/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What other tools measured or report about pairs, compared with the prediction.  Nothing read here
 * is a fact of the machine, and none of it proves that data arrive: most of these tools do not
 * compare the data.
 */
#ifndef P2PPOLICY_MEASURED_H
#define P2PPOLICY_MEASURED_H

#include <p2ppolicy/score.h>
#include <p2ppolicy/ways.h>

struct p2p_measured;

/** struct p2p_tool - a row of measured.def.  @vendor: of the devices that it numbers; 0: any */
struct p2p_tool {
	const char *name;
	uint16_t vendor;
	const char *prints;
};

/** p2p_tool_at() - the row at @index; NULL past the end. */
const struct p2p_tool *p2p_tool_at(size_t index);

/** enum p2p_named - how a text names a device. */
enum p2p_named { P2P_NAMED_NOT, P2P_NAMED_BY_INDEX, P2P_NAMED_BY_ADDRESS, P2P_NAMED_BY_NAME };

/**
 * struct p2p_end - one end of a pair, as a text names it.
 * @kind: the class it must have; P2P_CLASS_OTHER any
 * @domain_known: the text gives the domain of @bdf
 * @single: the number stands alone, not in a list of all devices
 * @function: the function that it is; NULL not known, or @named is P2P_NAMED_NOT
 * @guessed: the text gives only a number, which was assumed to follow the order of addresses
 */
struct p2p_end {
	enum p2p_named named;
	enum p2p_class kind;
	unsigned int index;
	struct p2p_bdf bdf;
	bool domain_known, single, guessed;
	const char *name;
	const struct p2p_function *function;
};

/** enum p2p_figure_kind - what a figure says about a pair. */
enum p2p_figure_kind {
	P2P_FIGURE_SPEED,	/* GB/s */
	P2P_FIGURE_LATENCY,	/* ns */
	P2P_FIGURE_RELATION,	/* PIX, NODE, NV12, ... */
	P2P_FIGURE_ACCESS,	/* may they, or do they, reach each other? */
	P2P_FIGURES
};

/** enum p2p_figure_how - what ran at the same time. */
enum p2p_figure_how {
	P2P_FIGURE_ALONE,	/* nothing */
	P2P_FIGURE_SUM,		/* the other direction, and @value is the sum of both */
	P2P_FIGURE_AGAINST,	/* the other direction, and @value is this one's share */
};

/**
 * struct p2p_figure - what a text says about one ordered pair.
 * @file, @line: where
 * @client: does the DMA; @provider: has the memory
 * @read: the client reads
 * @peer: was peer access on?  P2P_NO: the tool was told to copy through system memory
 * @value: 10^9 bytes a second, or ns
 * @relation: P2P_RELATION_UNKNOWN for a link other than PCIe
 * @says: the answer of a P2P_FIGURE_ACCESS
 * @label: the word in the text; "" none
 */
struct p2p_figure {
	const struct p2p_tool *tool;
	const char *file;
	unsigned int line;
	enum p2p_figure_kind kind;
	enum p2p_figure_how how;
	struct p2p_end client, provider;
	bool read;
	enum p2p_tri peer, says;
	double value;
	enum p2p_relation relation;
	const char *label;
};

/** p2p_measured_new() - create an empty one.  Return: 0 or -ENOMEM. */
int p2p_measured_new(struct p2p_context *context, struct p2p_measured **ret_measured);

/** p2p_measured_free() - NULL is fine.  Return: NULL. */
struct p2p_measured *p2p_measured_free(struct p2p_measured *measured);

/**
 * p2p_measured_read() - collect the figures that tools printed from a text.
 * @name: of the file, for sentences
 * @text: @size bytes; the output of every tool is looked for, and the rest is ignored
 * @ret_note: room for P2P_WAY_TEXT bytes: a sentence about lines that were left out; "" none
 *
 * Return: 0; -EBADMSG it holds no tool's output, or damaged output, and the sentence names the line;
 *	-ENOMEM.
 */
int p2p_measured_read(struct p2p_measured *measured, const char *name, const char *text,
		      size_t size, char *ret_note);

/**
 * p2p_measured_load() - the same from a file.
 * @path: "-" is standard input
 * Return: as p2p_measured_read(); -EBADMSG also for a file that is too large; the errno of read().
 */
int p2p_measured_load(struct p2p_measured *measured, const char *path, char *ret_note);

/**
 * p2p_measured_find() - find the functions that the ends name.
 * @client, @provider: for ends that a text does not name; NULL none
 */
int p2p_measured_find(struct p2p_measured *measured, const struct p2p_topology *topology,
		      const struct p2p_function *client, const struct p2p_function *provider);

/** p2p_measured_count() - number of figures, in the order of files and lines. */
size_t p2p_measured_count(const struct p2p_measured *measured);

/** p2p_measured_at() - the figure at @index; NULL past the end. */
const struct p2p_figure *p2p_measured_at(const struct p2p_measured *measured, size_t index);

/** p2p_measured_lost() - why no function is known for an end, one clause.  Return: @buffer. */
char *p2p_measured_lost(const struct p2p_measured *measured, const struct p2p_figure *figure,
			char buffer[P2P_WAY_TEXT]);

/** enum p2p_compared - how a figure compares. */
enum p2p_compared {
	P2P_COMPARED_UNKNOWN,	/* nothing can be predicted */
	P2P_COMPARED_EXPECTED,	/* a speed as predicted; a label that agrees */
	P2P_COMPARED_HALF,	/* about half */
	P2P_COMPARED_STAGED,	/* as fast as a copy through system memory */
	P2P_COMPARED_DEVICE,	/* less, and a device may be the reason */
	P2P_COMPARED_LOW,	/* less, for none of these reasons */
	P2P_COMPARED_MORE,	/* faster than PCIe */
	P2P_COMPARED_OFF,	/* measured without peer access: nothing to compare */
	P2P_COMPARED_DIFFERS,	/* a label that disagrees; a speed where none is predicted */
	P2P_COMPARED_ALL
};

/**
 * struct p2p_comparison - a figure compared with the prediction.
 * @speed: predicted; for P2P_FIGURE_SUM of both directions together; for a latency @speed.latency_ns
 * @predicted: for a label, one word
 * @surprising: it deserves a look
 * @why: one sentence, which also says what to look at
 */
struct p2p_comparison {
	enum p2p_compared finding;
	bool surprising;
	struct p2p_speed speed;
	char predicted[32];
	char why[P2P_WAY_TEXT];
};

/** p2p_measured_compare() - compare the figure at @index, whose functions are known. */
int p2p_measured_compare(const struct p2p_measured *measured, const struct p2p_eval *eval,
			 size_t index, struct p2p_comparison *ret_comparison);

/** p2p_compared_name() - "expected", "half", "staged", ... */
const char *p2p_compared_name(enum p2p_compared finding);

/** p2p_figure_kind_name() - "speed", "latency", "relation", "access". */
const char *p2p_figure_kind_name(enum p2p_figure_kind kind);

#endif
