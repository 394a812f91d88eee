/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Decodes the strings and numbers of JSON.  json-c's tokener copies a locale for each, and when there is no
 * memory for that, the value becomes null or the process ends; these functions return -ENOMEM.
 */
#ifndef P2P_BASE_JSON_SCALAR_H
#define P2P_BASE_JSON_SCALAR_H

#include <stddef.h>
#include <stdint.h>

struct json_object;

/** p2p_utf8_put() - encode a character, in at most four bytes at @to.  Return: the byte after it. */
char *p2p_utf8_put(char *to, uint32_t code);

/**
 * p2p_json_decode_string() - decode a string, of @size bytes between its quotes and without control
 *	characters.
 *
 * Return: 0; -EILSEQ: not UTF-8, or an unknown escape; -EDOM: an escape that is not a character, such as half
 *	of a surrogate pair, or a zero; -ENOMEM.
 */
int p2p_json_decode_string(const char *text, size_t size, struct json_object **ret_value);

/**
 * p2p_json_decode_word() - decode a number, true or false; null becomes NULL.
 *
 * Return: 0; -EINVAL: none of them; -ERANGE: an integer beyond 64 bits, or another number beyond a double;
 *	-ENOMEM.
 */
int p2p_json_decode_word(const char *text, struct json_object **ret_value);

#endif
