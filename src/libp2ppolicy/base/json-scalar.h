/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Strings and numbers of JSON.  json-c's tokener copies a locale for each, and where there is no memory
 * for that, a value is null or the process ends; of these it is -ENOMEM.
 */
#ifndef P2P_BASE_JSON_SCALAR_H
#define P2P_BASE_JSON_SCALAR_H

#include <stddef.h>
#include <stdint.h>

struct json_object;

/** p2p_utf8_put() - a character, at most four bytes at @to.  Return: what is behind it. */
char *p2p_utf8_put(char *to, uint32_t code);

/**
 * p2p_json_decode_string() - a string of @size bytes between its quotes, without control characters.
 *
 * Return: 0; -EILSEQ: not UTF-8, or an unknown escape; -EDOM: an escape that is no character, such as half
 *	of a surrogate pair, or a zero; -ENOMEM.
 */
int p2p_json_decode_string(const char *text, size_t size, struct json_object **ret_value);

/**
 * p2p_json_decode_word() - a number, true or false; null is NULL.
 *
 * Return: 0; -EINVAL: none of them; -ERANGE: a whole number beyond 64 bits, another one beyond a double;
 *	-ENOMEM.
 */
int p2p_json_decode_word(const char *text, struct json_object **ret_value);

#endif
