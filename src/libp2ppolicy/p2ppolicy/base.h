/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Words every floor of the library uses, beside those of the public face: the address of a
 * function, and an answer that may not be known.
 */
#ifndef P2PPOLICY_BASE_H
#define P2PPOLICY_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <p2ppolicy.h>

/** P2P_LENGTH() - the number of elements of an array, which is no pointer. */
#define P2P_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/** enum p2p_tri - an answer to a yes-or-no question; zeroed memory does not know. */
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

/** Bytes that p2p_bdf_format() needs at most, the terminating zero included. */
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
 * struct p2p_nearest - of many words the one that comes nearest to what was typed.
 * @typed: what nobody knows; the rest is zero before the first p2p_nearest_try()
 * @word: borrowed; NULL none is near enough to be meant
 */
struct p2p_nearest {
	const char *typed, *word;
	unsigned int distance;
};

/** Bytes that p2p_nearest_say() fills at most. */
#define P2P_NEAREST_SIZE 64

/** p2p_nearest_try() - is @word the one that was meant? */
void p2p_nearest_try(struct p2p_nearest *nearest, const char *word);

/** p2p_nearest_say() - "; did you mean 'near'?"; "" when no word is near.  Return: @text. */
const char *p2p_nearest_say(const struct p2p_nearest *nearest, char text[P2P_NEAREST_SIZE]);

/**
 * enum p2p_write_flag - what p2p_file_write() does otherwise than by default.
 * @P2P_WRITE_NEW: replace nothing; -EEXIST when there is something of that name
 * @P2P_WRITE_OWN: a file that is read back: a regular one and no link, or -EINVAL; owner and
 *	mode are as if it were new
 * @P2P_WRITE_SECRET: a new file has mode 0600 and not 0666 less the umask
 */
enum p2p_write_flag { P2P_WRITE_NEW = 1, P2P_WRITE_OWN = 2, P2P_WRITE_SECRET = 4 };

/**
 * p2p_file_write() - write a file whole, or leave what was there.
 * @flags: enum p2p_write_flag bits
 *
 * A regular file is replaced by a new one, synced before, with the same mode and, where that is
 * permitted, the same owner; one that may not be written stays.  A symbolic link is followed
 * when there is something at its end.  Character devices, FIFOs that somebody reads, and the
 * file that is standard output are written to as they are.  A directory, a block device or a
 * socket is refused, and -EACCES says that another user may have put there what is, or a link on
 * the way, see base/file-place.h.  A signal leaves nothing behind; for SIGKILL see base/file-write.h.
 *
 * Return: 0, or a negative errno and a sentence.
 */
int p2p_file_write(struct p2p_context *context, const char *path, unsigned int flags,
		   const void *bytes, size_t size);

/**
 * p2p_more() - the element behind the @count of an array that grows, zeroed; the caller counts it.
 * @array: its pointer, NULL at first; free()d by the caller.  Room doubles, and how much there is follows
 *	from @count, so that nobody keeps it
 *
 * Return: NULL when out of memory, and the array is as it was.
 */
#define p2p_more(array, count) p2p_array_more(&(array), (count), sizeof(*(array)))
void *p2p_array_more(void *array, size_t count, size_t size);

/** typedef p2p_print_fn - print to @out.  Return: 0, or else a value that is passed on. */
typedef int p2p_print_fn(FILE *out, void *data);

/**
 * p2p_file_print() - as p2p_file_write(), with what @print prints, which is never in memory as a whole.
 * Return: what @print returned when that is not 0, and the old file is there still; else as
 *	p2p_file_write().
 */
int p2p_file_print(struct p2p_context *context, const char *path, unsigned int flags,
		   p2p_print_fn *print, void *data);

/**
 * p2p_text_real() - strtod() with a decimal point: whatever the locale.
 * @ret_end: @text when there is no number
 */
double p2p_text_real(const char *text, char **ret_end);

/** p2p_lost() - something is left out of a text or a document, since there is no memory for it. */
void p2p_lost(void);

/**
 * p2p_lost_count() - how often this thread did so.  Who builds what several functions add to compares
 *	the count before with the one after: what it built is whole when they are the same.
 */
unsigned long p2p_lost_count(void);

/**
 * p2p_text_open() - a stream into memory, as open_memstream(), which however says nothing of what it
 *	had no memory for.
 * @ret_text: free(); NULL when this fails.  It is what was written when the stream is flushed or closed,
 *	and ends in a zero byte; rewind() empties it
 *
 * Return: NULL when out of memory; fclose() fails when a part was lost, and both count as p2p_lost().
 */
FILE *p2p_text_open(char **ret_text, size_t *ret_size);

#endif
