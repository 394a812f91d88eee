/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How facts are expressed in a line of text: the same words everywhere. */
#ifndef P2PTOPO_WORDS_H
#define P2PTOPO_WORDS_H

#include <stdio.h>

#include <p2ppolicy/all.h>

#define WORDS_SIZE 64

/* The kernel redirects on these bits of ACS control: drivers/pci/p2pdma.c, pci_bridge_has_acs_redir(). */
#define ACS_REDIRECTS (P2P_ACS_RR | P2P_ACS_CR | P2P_ACS_EC)

/* "16 GT/s x4"; "-" if there is no link or it is not known. */
char *words_link(struct p2p_link link, char buffer[WORDS_SIZE]);

/* "256 MiB", "1.5 GiB", "0 B". */
char *words_bytes(uint64_t bytes, char buffer[WORDS_SIZE]);

/* "64-bit prefetchable", "32-bit", "I/O" */
const char *words_bar_kind(const struct p2p_bar *bar);

/* "NVIDIA GeForce RTX 3090": the vendor's and the product's short names; else the ids. */
char *words_product(const struct p2p_function *function, char *buffer, size_t size);

/* "Root Port", "Downstream Port", ...; what it is instead if it is not a PCIe port. */
const char *words_port(const struct p2p_function *function);

/** words_host() - "host bridge", "VMD domain", or that it is not known what the bus is below. */
const char *words_host(const struct p2p_host_bridge *host);

/* Its name besides its address; "" if none. */
const char *words_name(const struct p2p_function *function);

/* Its first OS name; "" if none. */
const char *words_os_name(const struct p2p_function *function);

/* Print "0000:3b:00.0 card0". */
void words_function(FILE *out, const struct p2p_function *function);

/* "PIX"; "?" if not known. */
const char *words_relation(enum p2p_relation relation);

/* A map type as one character: B, H, x or ?. */
char words_mark(enum p2p_map_type type);

/* The outcome of a pair's transfers as one character: D, R, L, S, X, ! or ?. */
char words_delivery_mark(enum p2p_delivery delivery);

/* The position of a class in lists: gpu, accel, nic, nvme, ..., and last what nobody looks for. */
unsigned int words_place(enum p2p_class kind);

/* A NUMA node: "-" if the kernel names none, "?" if not known. */
char *words_node(struct p2p_number node, char buffer[WORDS_SIZE]);

/* "12 of 56 pairs": a count and its noun, in the plural unless it is 1. */
char *words_count(uint64_t count, const char *noun, char buffer[WORDS_SIZE]);

/* "yes" or "no", with "not known". */
const char *words_tri(enum p2p_tri value);

/* "on", "off", "none", "not readable". */
const char *words_enable(enum p2p_fact fact, bool enabled);

/* The names of the bits of @bits, separated by blanks. */
char *words_acs(uint16_t bits, char buffer[P2P_ACS_SIZE]);

/* Print @text, cut and ended with ".." if it is wider than @columns.  Return: columns used. */
size_t words_clip(FILE *out, const char *text, size_t columns);

/* Print untrusted @text as one line, whatever it contains; no newline follows. */
void words_line(FILE *out, const char *text);

/* Print @text, and blanks up to @columns. */
void words_pad(FILE *out, const char *text, size_t columns);

/*
 * Print @text, wrapped at blanks so that no line is longer than @width; lines after the first start with
 * @indent blanks, and the first is assumed to start at column @column.
 */
void words_wrap(FILE *out, const char *text, size_t column, size_t indent, size_t width);

#endif
