/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removes what mail, Markdown, terminals and editors put around the lines of a text. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json-scalar.h"
#include "snapshot/post/post.h"

#define PROMPT_MOST	80u

/* Convert UTF-16 that starts with a byte order mark; a unit takes at most three bytes of UTF-8. */
static int from_utf16(const unsigned char *data, size_t size, struct p2p_buffer *text)
{
	unsigned int high = data[0] == 0xfe ? 0 : 1;
	char *to;

	if (p2p_buffer_reserve(text, size / 2 * 3) < 0)
		return -ENOMEM;
	to = text->data;
	for (size_t i = 2; i + 1 < size; i += 2) {
		unsigned int code = (unsigned int)data[i + high] << 8 | data[i + 1 - high];
		unsigned int next = i + 3 < size ? (unsigned int)data[i + 2 + high] << 8 |
				    data[i + 3 - high] : 0;

		if (code >> 10 == 0x36 && next >> 10 == 0x37) {
			code = 0x10000 + ((code & 0x3ff) << 10 | (next & 0x3ff));
			i += 2;
		}
		to = p2p_utf8_put(to, code);
	}
	*to = '\0';
	text->size = (size_t)(to - text->data);
	return 0;
}

/* The text as UTF-8, with a newline after its last line. */
static int decode(const char *data, size_t size, struct p2p_post *post)
{
	const unsigned char *bytes = (const unsigned char *)data;
	size_t skip = size >= 3 && !memcmp(data, "\xef\xbb\xbf", 3) ? 3 : 0;
	int r;

	post->dressed |= skip != 0;
	if (size >= 2 && ((bytes[0] == 0xff && bytes[1] == 0xfe) ||
			  (bytes[0] == 0xfe && bytes[1] == 0xff))) {
		post->dressed = true;
		r = from_utf16(bytes, size, &post->text);
	} else {
		r = p2p_buffer_append(&post->text, data + skip, size - skip);
	}
	if (r < 0)
		return r;
	if (!post->text.data || memchr(post->text.data, '\0', post->text.size))
		return -ENOTSUP;
	if (post->text.size > P2P_FILE_MOST)
		return -EFBIG;
	/* An additional empty line would make truncated output look complete. */
	if (post->text.size && post->text.data[post->text.size - 1] == '\n')
		return 0;
	return p2p_buffer_append(&post->text, "\n", 1);
}

/* Skip a terminal escape sequence.  Return: what follows it. */
static const char *skip_escape(const char *at)
{
	if (*++at == ']') {		/* a title: up to BEL or ESC \ */
		while (*at && *at != '\a' && *at != '\033')
			at++;
		return *at == '\033' && at[1] == '\\' ? at + 2 : *at == '\a' ? at + 1 : at;
	}
	if (*at != '[')
		return *at ? at + 1 : at;
	for (at++; *at && (*at < '@' || *at > '~'); at++)
		;
	return *at ? at + 1 : at;
}

/* Remove colours, control characters and zero-width marks, and replace hard spaces, in place.  Return: the length. */
static size_t plain(char *text, bool *dressed)
{
	const char *from = text;
	char *to = text;

	while (*from) {
		if (*from == '\033') {
			from = skip_escape(from);
			*dressed = true;
		} else if (!strncmp(from, "\xc2\xa0", 2)) {
			from += 2;
			*to++ = ' ';
			*dressed = true;
		} else if (!strncmp(from, "\xe2\x80\x8b", 3) || !strncmp(from, "\xef\xbb\xbf", 3)) {
			from += 3;
			*dressed = true;
		} else if (iscntrl((unsigned char)*from) && *from != '\t') {
			*dressed = true;
			from++;
		} else {
			*to++ = *from++;
		}
	}
	while (to > text && (to[-1] == ' ' || to[-1] == '\t'))
		to--;
	*to = '\0';
	return (size_t)(to - text);
}

/* Skip the "> " and "> > " of mail.  Return: what follows. */
static char *skip_quotes(char *text, bool *dressed)
{
	char *at = text;

	for (;;) {
		size_t blank = strspn(at, " ");

		if (blank > 1 || at[blank] != '>')
			break;
		at += blank + 1;
		*dressed = true;
	}
	return at != text && *at == ' ' ? at + 1 : at;
}

static bool is_run_of(const char *text, const char *c, size_t least)
{
	return strspn(text, c) >= least;
}

/* Markup around pasted text, and the rulers of support archives. */
static bool is_fence(const char *text)
{
	static const char *const tags[] = {
		"<pre", "</pre", "<code", "</code", "<details", "</details", "<summary",
		"[code", "[/code", "[quote", "[/quote", "[spoiler", "[/spoiler", "{code", "{noformat",
		"#==[", "*** ", NULL,
	};

	return is_run_of(text, "`", 3) || is_run_of(text, "~", 3) || is_run_of(text, "_", 10) ||
	       p2p_starts_any(text, tags);
}

/* "user@host:~$ lspci", "[root@host ~]# lspci", "sh-4.4# lspci", "$ lspci", "# lspci" */
static bool is_prompt(const char *text)
{
	size_t end = strcspn(text, "#$");
	bool shell = !strncmp(text, "sh-", 3) || !strncmp(text, "bash-", 5);
	char name[PROMPT_MOST];

	if (!text[end] || end >= sizeof(name) || (text[end + 1] && text[end + 1] != ' '))
		return false;
	/* A kernel configuration has comments that look like prompts. */
	if (!strncmp(text, "# CONFIG_", 9))
		return false;
	if (!end)
		return text[1] && (isalpha((unsigned char)text[2]) || strchr("/.~(", text[2]));
	memcpy(name, text, end);
	name[end] = '\0';
	return (strchr(name, '@') || shell) && !strstr(name, ": ") && !strchr(name, '\t');
}

const char *p2p_post_host(const char *line, size_t *ret_length)
{
	const char *text = line + strspn(line, " \t"), *host = strchr(text, '@');
	size_t end = strcspn(text, "#$");

	if (!is_prompt(text) || !host || host > text + end || strstr(text + end, "ssh "))
		return NULL;
	host++;
	*ret_length = strcspn(host, ".:~ ]/#$");
	return *ret_length ? host : NULL;
}

static void finish_line(struct p2p_post *post, struct p2p_post_line *line)
{
	const char *start = line->text + strspn(line->text, " \t");

	line->length = (unsigned int)strlen(line->text);
	line->breaks = is_fence(start) || is_prompt(start);
	post->dressed |= line->breaks;
}

static int add_line(struct p2p_post *post, char *text, unsigned int number)
{
	struct p2p_post_line *line;
	size_t width = strlen(text);

	if (post->count >= P2P_POST_LINES)
		return -EFBIG;
	line = p2p_more(post->lines, post->count);
	if (!line)
		return -ENOMEM;
	post->count++;
	plain(text, &post->dressed);
	line->text = skip_quotes(text, &post->dressed);
	line->number = number;
	line->width = (unsigned int)width;
	finish_line(post, line);
	return 0;
}

/* "12:" of grep -n, " 12<tab>" of cat -n and nl, " 12 " of an editor.  Return: its length; 0 if it is none. */
static size_t number_length(const char *text, unsigned long *ret_number)
{
	size_t blank = strspn(text, " \t"), digits = strspn(text + blank, "0123456789");

	if (!digits || digits > 7 || text[blank] == '0' || (text[blank + digits] && !strchr(": \t", text[blank + digits])))
		return 0;
	*ret_number = strtoul(text + blank, NULL, 10);
	return blank + digits + !!text[blank + digits];
}

static bool starts(const char *text)
{
	return p2p_post_start(text + strspn(text, " \t")) != P2P_NO_ROW;
}

/*
 * The number before line @index, if it is larger than @last.  One that is larger than the next line's is a
 * word ("4096 bytes") at the start of a wrapped rest.  Return: its length; 0 if there is none.
 */
static size_t find_number(const struct p2p_post *post, size_t index, unsigned long last, unsigned long *ret_number)
{
	size_t length = number_length(post->lines[index].text, ret_number);
	unsigned long next;

	if (!length || *ret_number <= last)
		return 0;
	for (size_t i = index + 1; i < post->count; i++)
		if (number_length(post->lines[i].text, &next))
			return next <= last || next > *ret_number ? length : 0;
	return length;
}

/*
 * Are the lines numbered?  Most must have ascending numbers, and more of them must start the output of some
 * tool without the number than with it.  If equally many do both ways ("1010:06:11.2"), lines that start
 * nothing tell it from a list of domains.  Marks of what was left out, and rests of wrapped lines, have no
 * number.
 */
static bool is_numbered(const struct p2p_post *post)
{
	size_t with = 0, without = 0, lines = 0, others = 0;
	unsigned long number = 0, last = 0;

	for (size_t i = 0; i < post->count && others <= 16 + 2 * lines; i++) {
		const struct p2p_post_line *line = &post->lines[i];
		size_t length = find_number(post, i, last, &number);

		if (!length) {
			others += !!line->length;
			continue;
		}
		last = number;
		lines++;
		with += starts(line->text);
		without += starts(line->text + length);
	}
	return others < 2 * lines && (without > with || (without && without == with && without < lines));
}

static void strip_numbers(struct p2p_post *post)
{
	unsigned long number, last = 0;

	for (size_t i = 0; i < post->count; i++) {
		struct p2p_post_line *line = &post->lines[i];
		size_t length = find_number(post, i, last, &number);

		if (!length)
			continue;
		last = number;
		line->text += length;
		finish_line(post, line);
	}
	post->dressed = true;
}

int p2p_post_clean(const char *data, size_t size, struct p2p_post *ret_post)
{
	struct p2p_post post = { 0 };
	char *at, *stop;
	int r = decode(data, size, &post);

	at = post.text.data;
	for (unsigned int number = 1; r == 0 && at < post.text.data + post.text.size; number++) {
		stop = strchr(at, '\n');
		*stop = '\0';
		r = add_line(&post, at, number);
		at = stop + 1;
	}
	if (r < 0) {
		p2p_post_clear(&post);
		return r;
	}
	if (is_numbered(&post))
		strip_numbers(&post);
	*ret_post = post;
	return 0;
}

void p2p_post_clear(struct p2p_post *post)
{
	free(post->text.data);
	free(post->lines);
	*post = (struct p2p_post){ 0 };
}
