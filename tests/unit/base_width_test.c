/* core/base/width.c: columns of characters, at the edges of the ranges and in between. */
#include "core/base/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_widths(void **state)
{
	static const struct {
		uint32_t c;
		unsigned width;
	} cases[] = {
		{ 'a', 1 },	{ 0xe4, 1 },	{ 0xad, 1 },	{ 0x2ff, 1 },	 { 0x300, 0 },
		{ 0x36f, 0 },	{ 0x370, 1 },	{ 0x483, 0 },	{ 0x5d0, 1 },	 { 0x10ff, 1 },
		{ 0x1100, 2 },	{ 0x115f, 2 },	{ 0x1160, 0 },	{ 0x200d, 0 },	 { 0x20ac, 1 },
		{ 0x2500, 1 },	{ 0x3000, 2 },	{ 0x3042, 2 },	{ 0x4e00, 2 },	 { 0x9fff, 2 },
		{ 0xa4d0, 1 },	{ 0xac00, 2 },	{ 0xd7a3, 2 },	{ 0xe000, 1 },	 { 0xfe0f, 0 },
		{ 0xff01, 2 },	{ 0xff61, 1 },	{ 0x1f600, 2 }, { 0x1f1e6, 1 },	 { 0x20000, 2 },
		{ 0x3fffd, 2 }, { 0x3fffe, 1 }, { 0xe01ef, 0 }, { 0x10ffff, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (bt_char_width(cases[i].c) != cases[i].width)
			fail_msg("U+%04X: %u columns, wanted %u", cases[i].c, bt_char_width(cases[i].c),
				 cases[i].width);
}

/* A range out of order would be found at its own edges by nobody. */
static void test_no_range_hides(void **state)
{
	uint32_t c;
	unsigned before = 1;
	size_t changes = 0;

	(void)state;
	for (c = 0x80; c < 0x110000; c++) {
		unsigned width = bt_char_width(c);

		changes += width != before;
		before = width;
	}
	/* Every range has a beginning and an end; neighbours share one, in seven places. */
	assert_int_equal(changes, 783);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_no_range_hides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
