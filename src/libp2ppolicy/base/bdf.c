/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include <p2ppolicy/base.h>

/* One hexadecimal number of at most @digits digits that ends before @end. */
static bool parse_field(const char **text, char end, int digits, unsigned int most,
			uint32_t *ret_value)
{
	uint32_t value = 0;
	int n;

	for (n = 0; **text && **text != end; n++, (*text)++) {
		unsigned char c = (unsigned char)**text;
		unsigned int digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (c | 0x20) - 'a' + 10u;
		else
			return false;
		if (n == digits)
			return false;
		value = value << 4 | digit;
	}
	if (!n || **text != end || value > most)
		return false;
	if (end)
		(*text)++;
	*ret_value = value;
	return true;
}

static int count_colons(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == ':';
	return n;
}

int p2p_bdf_parse(const char *text, struct p2p_bdf *ret_bdf)
{
	uint32_t domain = 0, bus, device, function;

	if (count_colons(text) == 2 && !parse_field(&text, ':', 8, UINT32_MAX, &domain))
		return -EINVAL;
	if (!parse_field(&text, ':', 2, 0xff, &bus) ||
	    !parse_field(&text, '.', 2, 0x1f, &device) ||
	    !parse_field(&text, '\0', 1, 7, &function))
		return -EINVAL;
	*ret_bdf = (struct p2p_bdf){ domain, (uint8_t)bus, (uint8_t)(device << 3 | function) };
	return 0;
}

static char *put_hex(char *at, uint32_t value, unsigned int digits)
{
	while (digits--)
		*at++ = "0123456789abcdef"[value >> digits * 4 & 0xf];
	return at;
}

char *p2p_bdf_format(struct p2p_bdf bdf, char buffer[P2P_BDF_SIZE])
{
	unsigned int digits = 4;
	char *at = buffer;

	while (digits < 8 && bdf.domain >> digits * 4)
		digits++;
	at = put_hex(at, bdf.domain, digits);
	*at++ = ':';
	at = put_hex(at, bdf.bus, 2);
	*at++ = ':';
	at = put_hex(at, bdf.devfn >> 3, 2);
	*at++ = '.';
	at = put_hex(at, bdf.devfn & 7u, 1);
	*at = '\0';
	return buffer;
}

int p2p_bdf_compare(struct p2p_bdf a, struct p2p_bdf b)
{
	if (a.domain != b.domain)
		return a.domain < b.domain ? -1 : 1;
	if (a.bus != b.bus)
		return a.bus < b.bus ? -1 : 1;
	return (a.devfn > b.devfn) - (a.devfn < b.devfn);
}
