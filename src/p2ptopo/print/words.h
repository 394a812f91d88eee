/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How facts are said in a line of text: the same words on every screen. */
#ifndef P2PTOPO_WORDS_H
#define P2PTOPO_WORDS_H

#include <stdio.h>

#include <p2ppolicy/all.h>

#define WORDS_SIZE 64

/* The kernel redirects on these bits of ACS control: drivers/pci/p2pdma.c, pci_bridge_has_acs_redir(). */
#define ACS_REDIRECTS (P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_EC)

/* "16 GT/s x4"; "-" where there is no link or it is not known. */
char *words_link(struct p2p_link link, char buffer[WORDS_SIZE]);

/* "256 MiB", "1.5 GiB", "0 B". */
char *words_bytes(uint64_t bytes, char buffer[WORDS_SIZE]);

/* "64-bit prefetchable", "32-bit", "I/O" */
const char *words_bar_kind(const struct p2p_bar *bar);

/* "NVIDIA GeForce RTX 3090": the maker's and the product's short names; else the numbers. */
char *words_product(const struct p2p_function *function, char *buffer, size_t size);

/* "Root Port", "Downstream Port", ...; what it is otherwise when it is no PCIe port. */
const char *words_port(const struct p2p_function *function);

/* The name that it has beside its address; "" none. */
const char *words_name(const struct p2p_function *function);

/* The first name that the system gives it; "" none. */
const char *words_os_name(const struct p2p_function *function);

/* Print "0000:3b:00.0 card0". */
void words_function(FILE *out, const struct p2p_function *function);

/* "PIX"; "?" not known. */
const char *words_relation(enum p2p_relation relation);

/* B, H, x or ?: a map type in one letter. */
char words_mark(enum p2p_map_type type);

/* D, R, L, S, X, ! or ?: what comes of a pair's transfers, in one letter. */
char words_delivery_mark(enum p2p_delivery delivery);

/* Where a class stands in lists: gpu, accel, nic, nvme, ..., and what nobody looks for last. */
unsigned int words_place(enum p2p_class kind);

/* A NUMA node: "-" the kernel names none, "?" not known. */
char *words_node(struct p2p_number node, char buffer[WORDS_SIZE]);

/* "12 of 56 pairs": a count and its noun, in the plural where it is not one. */
char *words_count(uint64_t count, const char *noun, char buffer[WORDS_SIZE]);

/* "yes" or "no", with "not known". */
const char *words_tri(enum p2p_tri value);

/* "on", "off", "none", "not readable". */
const char *words_enable(enum p2p_fact fact, bool enabled);

/* The names of the bits of @bits, separated by blanks. */
char *words_acs(uint16_t bits, char buffer[P2P_ACS_SIZE]);

/* Print @text, cut and ended with ".." where it is wider than @columns.  Return: columns taken. */
size_t words_clip(FILE *out, const char *text, size_t columns);

/* Print @text, which may be anybody's, as one line whatever it holds; no newline follows. */
void words_line(FILE *out, const char *text);

/* Print @text, and blanks up to @columns. */
void words_pad(FILE *out, const char *text, size_t columns);

/*
 * Print @text, broken at blanks so that no line is longer than @width; lines after the first
 * start with @indent blanks, and the first is taken to stand at column @column already.
 */
void words_wrap(FILE *out, const char *text, size_t column, size_t indent, size_t width);

#endif
