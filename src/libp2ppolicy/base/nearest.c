/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Guesses which of the known words was meant. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <p2ppolicy/base.h>

/* Nobody mistypes a longer word. */
#define LONGEST 40

static unsigned int least(unsigned int one, unsigned int two)
{
	return one < two ? one : two;
}

static bool is_same(char one, char two)
{
	return tolower((unsigned char)one) == tolower((unsigned char)two);
}

/*
 * The optimal string alignment distance: letters left out, added, replaced, or swapped with their neighbour.
 *  Three rows of its table are kept.
 */
static unsigned int distance(const char *one, const char *two)
{
	unsigned int rows[3][LONGEST + 1], *before = rows[0], *last = rows[1], *now = rows[2], *spare;
	size_t height = strlen(one), width = strlen(two);

	for (size_t j = 0; j <= width; j++)
		last[j] = (unsigned int)j;
	for (size_t i = 1; i <= height; i++) {
		now[0] = (unsigned int)i;
		for (size_t j = 1; j <= width; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
				       last[j - 1] + !is_same(one[i - 1], two[j - 1]));
			if (i > 1 && j > 1 && is_same(one[i - 1], two[j - 2]) &&
			    is_same(one[i - 2], two[j - 1]))
				now[j] = least(now[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[width];
}

/* "graph" for "gate" is a guess, "gpus" for "gpu" is not. */
static unsigned int tolerated(size_t length)
{
	return length < 3 ? 0 : length < 6 ? 1 : 2;
}

void p2p_nearest_try(struct p2p_nearest *nearest, const char *word)
{
	size_t typed = strlen(nearest->typed), length = strlen(word);
	unsigned int far;

	if (typed > LONGEST || length > LONGEST || typed < 2)
		return;
	/* An unfinished word is not a misspelling. */
	far = typed > 2 && length > typed && !strncmp(nearest->typed, word, typed) ? 1 :
	      distance(nearest->typed, word);
	if (far > tolerated(typed > length ? typed : length) ||
	    (nearest->word && far >= nearest->distance))
		return;
	nearest->word = word;
	nearest->distance = far;
}

const char *p2p_nearest_say(const struct p2p_nearest *nearest, char text[P2P_NEAREST_SIZE])
{
	*text = '\0';
	if (nearest->word)
		snprintf(text, P2P_NEAREST_SIZE, "; did you mean '%s'?", nearest->word);
	return text;
}
