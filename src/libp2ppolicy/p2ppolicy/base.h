/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every floor of the library uses besides the public header: the address of a function,
 * answers that may not be known, and helpers for files, texts and arrays.
 */
#ifndef P2PPOLICY_BASE_H
#define P2PPOLICY_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <p2ppolicy.h>

/** P2P_LENGTH() - the number of elements of an array; not for pointers. */
#define P2P_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/** enum p2p_tri - an answer to a yes-or-no question; zeroed memory means unknown. */
enum p2p_tri { P2P_UNKNOWN = 0, P2P_NO, P2P_YES };

/** A number that may not be known.  @value is valid only with P2P_PRESENT. */
struct p2p_number {
	enum p2p_fact fact;
	int64_t value;
};

/**
 * struct p2p_bdf - the address of a PCI function.
 * @domain: PCI domain (segment); may exceed 16 bits (VMD starts at 0x10000)
 * @bus: bus number
 * @devfn: device number in bits 7:3, function number in bits 2:0
 */
struct p2p_bdf {
	uint32_t domain;
	uint8_t bus;
	uint8_t devfn;
};

/** The most bytes that p2p_bdf_format() needs, the terminating zero included. */
#define P2P_BDF_SIZE 17

/**
 * p2p_bdf_parse() - read "0000:3b:00.0" or "3b:00.0" (domain 0).
 * @text: the whole string must be an address: hexadecimal, device up to 1f, function up to 7,
 *	domain of one to eight digits
 * @ret_bdf: filled on success
 *
 * Return: 0, or -EINVAL when @text is not an address.
 */
int p2p_bdf_parse(const char *text, struct p2p_bdf *ret_bdf);

/**
 * p2p_bdf_format() - write an address as "0000:3b:00.0", the domain always included.
 *
 * Return: @buffer.
 */
char *p2p_bdf_format(struct p2p_bdf bdf, char buffer[P2P_BDF_SIZE]);

/** p2p_bdf_compare() - order by domain, bus, device, function; like strcmp(). */
int p2p_bdf_compare(struct p2p_bdf a, struct p2p_bdf b);

/**
 * struct p2p_nearest - the word, of many, that is closest to what was typed.
 * @typed: the unknown word; the rest is zero before the first p2p_nearest_try()
 * @word: borrowed; NULL if none is close enough to have been meant
 */
struct p2p_nearest {
	const char *typed, *word;
	unsigned int distance;
};

/** The most bytes that p2p_nearest_say() fills. */
#define P2P_NEAREST_SIZE 64

/** p2p_nearest_try() - is @word the one that was meant? */
void p2p_nearest_try(struct p2p_nearest *nearest, const char *word);

/** p2p_nearest_say() - "; did you mean 'near'?"; "" if no word is close.  Return: @text. */
const char *p2p_nearest_say(const struct p2p_nearest *nearest, char text[P2P_NEAREST_SIZE]);

/**
 * enum p2p_write_flag - how p2p_file_write() deviates from its default.
 * @P2P_WRITE_NEW: replace nothing; -EEXIST if something of that name exists
 * @P2P_WRITE_OWN: for a file that will be read back: what is replaced must be a regular file and
 *	not a link, else -EINVAL; owner and mode are those of a new file
 * @P2P_WRITE_SECRET: a new file has mode 0600 instead of 0666 less the umask
 */
enum p2p_write_flag { P2P_WRITE_NEW = 1, P2P_WRITE_OWN = 2, P2P_WRITE_SECRET = 4 };

/**
 * p2p_file_write() - write a file completely, or leave the old one in place.
 * @flags: enum p2p_write_flag bits
 *
 * A regular file is replaced by a new one, which is synced first and gets the same mode and, where
 * permitted, the same owner; a file that may not be written is not replaced.  A symbolic link is
 * followed if its target exists.  Character devices, FIFOs with a reader, and the file that is
 * standard output are written to in place.  A directory, a block device or a socket is refused.
 * -EACCES also means that another user may have put this file, or a link on the way to it, there;
 * see base/file-place.h.  A signal leaves nothing behind; for SIGKILL see base/file-write.h.
 *
 * Return: 0, or a negative errno and a sentence in @context.
 */
int p2p_file_write(struct p2p_context *context, const char *path, unsigned int flags,
		   const void *bytes, size_t size);

/**
 * p2p_more() - make room in a growing array for one element after the first @count, and zero it; the
 *	caller then increments @count.
 * @array: pointer variable, NULL at first; the caller free()s it.  The capacity doubles and follows from
 *	@count, so it need not be stored
 *
 * Return: the new element; NULL when out of memory, and the array is unchanged.
 */
#define p2p_more(array, count) p2p_array_more(&(array), (count), sizeof(*(array)))
void *p2p_array_more(void *array, size_t count, size_t size);

/** typedef p2p_print_fn - print to @out.  Return: 0, or any other value, which is passed on. */
typedef int p2p_print_fn(FILE *out, void *data);

/**
 * p2p_file_print() - like p2p_file_write(), with what @print prints, which is never in memory as a whole.
 * Return: what @print returned if that is not 0, and the old file is still there; otherwise as
 *	p2p_file_write().
 */
int p2p_file_print(struct p2p_context *context, const char *path, unsigned int flags,
		   p2p_print_fn *print, void *data);

/**
 * p2p_text_real() - strtod() with a decimal point in any locale.
 * @ret_end: @text if there is no number
 */
double p2p_text_real(const char *text, char **ret_end);

/** p2p_lost() - note that part of a text or a document was left out for lack of memory. */
void p2p_lost(void);

/**
 * p2p_lost_count() - how often this thread has called p2p_lost().  A function that builds something
 *	together with others compares the count before and after: if they are equal, the result is
 *	complete.
 */
unsigned long p2p_lost_count(void);

/**
 * p2p_text_open() - a stream into memory, like open_memstream(), but one that reports what it had no
 *	memory for.
 * @ret_text: free() it; NULL if this fails.  It holds what was written once the stream is flushed or
 *	closed, and ends in a zero byte; rewind() empties it
 *
 * Return: NULL when out of memory.  fclose() fails if a part was lost.  Both count as p2p_lost().
 */
FILE *p2p_text_open(char **ret_text, size_t *ret_size);

#endif
