/*
 * Reads the grammar's own tables (struct TSLanguage is public to generated parsers through
 * tree_sitter/parser.h) and writes the dense one. Layout of a small state, from the generator: the
 * number of groups, then per group a value, the number of symbols, and the symbols.
 */
#include "core/lang/dense.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <tree_sitter/parser.h>

#include "core/base/mem.h"

/* ABIs whose struct starts as parser.h declares it. */
#define ABI_MIN 13
#define ABI_MAX 15

static void expand_state(const TSLanguage *l, uint32_t state, uint16_t *row)
{
	const uint16_t *data = &l->small_parse_table[l->small_parse_table_map[state - l->large_state_count]];
	uint16_t groups = *data++;

	for (uint16_t g = 0; g < groups; g++) {
		uint16_t value = *data++, nr = *data++;

		for (uint16_t i = 0; i < nr; i++)
			row[*data++] = value;
	}
}

/* ABI 14 structs end before the fields that 15 added. */
static size_t language_len(const TSLanguage *l)
{
	return l->abi_version >= 15 ? sizeof(*l) : offsetof(TSLanguage, name);
}

TSLanguage *bt_language_copy(const TSLanguage *grammar)
{
	TSLanguage *copy;

	if (grammar->abi_version < ABI_MIN || grammar->abi_version > ABI_MAX)
		return NULL;
	copy = bt_xcalloc(1, sizeof(*copy));
	memcpy(copy, grammar, language_len(grammar));
	return copy;
}

int bt_dense_make(const TSLanguage *stock, const TSLanguage **ret_dense, size_t *ret_bytes,
		  struct bt_err *err)
{
	size_t len = (size_t)stock->state_count * stock->symbol_count * sizeof(uint16_t);
	TSLanguage *copy;
	uint16_t *table;

	*ret_bytes = 0;
	*ret_dense = stock;
	if (stock->large_state_count == stock->state_count)
		return 0;
	copy = bt_language_copy(stock);
	if (!copy)
		return 0;
	table = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (table == MAP_FAILED) {
		free(copy);
		return bt_err_errno(err, "cannot make a parse table of %zu bytes", len);
	}
	memcpy(table, stock->parse_table,
	       (size_t)stock->large_state_count * stock->symbol_count * sizeof(uint16_t));
	for (uint32_t s = stock->large_state_count; s < stock->state_count; s++)
		expand_state(stock, s, table + (size_t)s * stock->symbol_count);
	mprotect(table, len, PROT_READ);
	copy->parse_table = table;
	copy->large_state_count = copy->state_count;
	*ret_dense = copy;
	*ret_bytes = len;
	return 0;
}
