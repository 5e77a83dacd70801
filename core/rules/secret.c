/*
 * Chance against intent. The measure is how many characters a text would have if all were equally frequent (n squared, over the
 * sum of the squares of what each one comes to): chance gives 36 letters and digits about 23, 32 hexadecimal digits
 * about 11, 16 characters of base 32 about 11. Words of a language stay below 12, however long they are.
 */
#include "core/rules/secret.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"

#define LEN_MAX 512
/* As many characters as these in a row, each the next one of the alphabet or the same as before, are no chance. */
#define ROW_MAX 6
#define SAME_MAX 5

static double variety(const char *p, size_t len)
{
	uint16_t counts[256] = { 0 };
	double squares = 0;

	for (size_t i = 0; i < len; i++)
		counts[(unsigned char)p[i]]++;
	for (size_t i = 0; i < BT_ARRAY_NR(counts); i++)
		squares += (double)counts[i] * counts[i];
	return (double)len * (double)len / squares;
}

bool bt_secret_is_hex(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isxdigit((unsigned char)p[i]))
			return false;
	return true;
}

bool bt_secret_is_random(const char *p, size_t len)
{
	bool digit = false, alpha = false;

	len = len > LEN_MAX ? LEN_MAX : len;
	for (size_t i = 0; i < len; i++) {
		digit |= isdigit((unsigned char)p[i]) != 0;
		alpha |= isalpha((unsigned char)p[i]) != 0;
	}
	/* Sixteen characters of base 32 have no digit once in thirty times, longer ones never. */
	if (!len || !alpha || (!digit && len > 16))
		return false;
	return variety(p, len) > (bt_secret_is_hex(p, len) || len <= 16 ? 5.5 : len <= 32 ? 8 : 12);
}

static bool has_row(const char *p, size_t len)
{
	size_t row = 1, same = 1;

	for (size_t i = 1; i < len; i++) {
		row = p[i] == p[i - 1] + 1 ? row + 1 : 1;
		same = p[i] == p[i - 1] ? same + 1 : 1;
		if (row >= ROW_MAX || same >= SAME_MAX)
			return true;
	}
	return false;
}

bool bt_secret_is_made_up(const char *p, size_t len)
{
	static const char *const words[] = { "example",	 "dummy",     "sample", "placeholder", "redacted",
					     "changeme", "yourtoken", "your_",	"your-",       "fake",
					     "notreal",	 "secretkey", "xxxx" };

	if (has_row(p, len))
		return true;
	for (size_t i = 0; i < BT_ARRAY_NR(words); i++) {
		size_t n = strlen(words[i]);

		for (size_t at = 0; at + n <= len; at++)
			if (!strncasecmp(p + at, words[i], n))
				return true;
	}
	return false;
}
