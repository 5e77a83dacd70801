/* core/facts/decode.c: a record that breaks one rule of git-batho-format(5) is refused, whichever rule it is. */
#include "core/facts/facts.h"

#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/limits.h"
#include "core/base/mem.h"

#define NAMES_NR 3
#define LINES_NR 20

/* A small record with one of everything; its parts can be spoilt. */
struct parts {
	struct bt_name names[NAMES_NR], texts[1];
	struct bt_occ occs[3];
	struct bt_def defs[2];
	struct bt_import imports[2];
	struct bt_import_item items[2];
	struct bt_span errors[1];
	uint32_t lines[LINES_NR];
	struct bt_facts f;
};

static void parts_make(struct parts *p)
{
	memset(p, 0, sizeof(*p));
	p->names[0] = (struct bt_name){ .text = "f", .len = 1 };
	p->names[1] = (struct bt_name){ .text = "g", .len = 1 };
	p->names[2] = (struct bt_name){ .text = "late", .len = 4 };
	p->texts[0] = (struct bt_name){ .text = "m", .len = 1 };
	p->occs[0] = (struct bt_occ){ .name = 0, .at = 4, .role = BT_ROLE_DEF };
	p->occs[1] = (struct bt_occ){ .name = 1, .at = 10, .role = BT_ROLE_CALL };
	p->occs[2] = (struct bt_occ){ .name = 0, .at = 12, .role = BT_ROLE_CALL, .qual = BT_QUAL_NAME, .qual_len = 2 };
	p->defs[0] = (struct bt_def){ .name = 0, .occ = 0, .parent = BT_NONE, .start = 2, .end = 40, .sig_end = 8,
				      .flags = BT_DEF_DOC | BT_DEF_CALLABLE | BT_DEF_HASHED, .doc_end = 1, .complexity = 1 };
	p->defs[1] = (struct bt_def){ .name = 2, .occ = BT_NONE, .parent = 0, .start = 9, .end = 20, .sig_end = 20 };
	p->imports[0] = (struct bt_import){ .start = 41, .end = 50, .alias = BT_NONE, .items_nr = 1 };
	p->imports[1] = (struct bt_import){ .start = 51, .end = 60, .alias = 1, .items = 1, .items_nr = 1 };
	p->items[0] = (struct bt_import_item){ .name = 0, .alias = BT_NONE };
	p->items[1] = (struct bt_import_item){ .name = 1, .alias = 2 };
	p->errors[0] = (struct bt_span){ .start = 70, .end = 75 };
	for (uint32_t i = 0; i < LINES_NR; i++)
		p->lines[i] = 5 * i;
	p->f = (struct bt_facts){
		.size = 4000, .lines_nr = LINES_NR, .code_lines = 10, .comment_lines = 5, .blank_lines = 5,
		.names = p->names, .names_nr = NAMES_NR, .texts = p->texts, .texts_nr = 1,
		.occs = p->occs, .occs_nr = 3, .defs = p->defs, .defs_nr = 2, .imports = p->imports, .imports_nr = 2,
		.items = p->items, .items_nr = 2, .errors = p->errors, .errors_nr = 1, .line_starts = p->lines,
	};
}

/* The record of what was said, as somebody hostile would write it. */
static int try_parts(struct parts *p)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_facts out;
	char *copy;
	int rc;

	bt_facts_encode(&p->f, &rec);
	copy = malloc(rec.len);
	memcpy(copy, rec.data, rec.len);	/* ends where the memory ends */
	rc = bt_facts_decode(copy, rec.len, &arena, &out, &err);
	free(copy);
	return rc;
}

#define REFUSED(change)                                              \
	do {                                                         \
		struct parts p;                                      \
		                                                     \
		parts_make(&p);                                      \
		change;                                              \
		if (try_parts(&p) != BT_ERR_CORRUPT)                 \
			fail_msg("line %d: %s", __LINE__, #change);  \
	} while (0)

static void test_good(void **state)
{
	struct parts p;

	(void)state;
	parts_make(&p);
	assert_int_equal(try_parts(&p), 0);
}

static void test_header(void **state)
{
	(void)state;
	REFUSED(p.f.size = BT_BLOB_SIZE_CAP + 1);
	REFUSED(p.f.code_lines = LINES_NR + 1);
	REFUSED(p.f.comment_lines = LINES_NR + 1);
	REFUSED(p.f.blank_lines = LINES_NR + 1);
	REFUSED(p.f.size = 10);
}

static void test_names(void **state)
{
	(void)state;
	REFUSED(p.names[1].len = 0);
	REFUSED(p.f.names_nr = 1);
	REFUSED(p.f.names_nr = 2);
}

static void test_occurrences(void **state)
{
	(void)state;
	REFUSED(p.occs[1].at = p.occs[0].at);
	REFUSED(p.occs[2].at = 4000);
	REFUSED(p.occs[0].role = BT_ROLE_NR);
	REFUSED(p.occs[0].qual = BT_QUAL_NR);
	REFUSED((p.occs[0].qual = BT_QUAL_NAME));
	REFUSED(p.occs[2].qual_len = 13);
}

static void test_definitions(void **state)
{
	(void)state;
	REFUSED(p.defs[1].name = NAMES_NR);
	REFUSED(p.defs[1].name = UINT32_MAX);
	REFUSED(p.defs[0].occ = 3);
	REFUSED(p.defs[1].parent = UINT32_MAX - 1);
	REFUSED(p.defs[0].kind = BT_KIND_NR);
	REFUSED(p.defs[0].flags |= 128);
	REFUSED(p.defs[1].start = 1);
	REFUSED(p.defs[1].start = 4001);
	REFUSED(p.defs[1].end = 4001);
	REFUSED(p.defs[1].sig_end = 8);
	REFUSED(p.defs[1].sig_end = 21);
	REFUSED(p.defs[0].doc_start = 3999; p.defs[0].doc_end = 4001);
	REFUSED(p.defs[0].params = 4001);
	REFUSED(p.defs[0].complexity = 4002);
	REFUSED(p.defs[0].nesting = 4001);
}

static void test_imports(void **state)
{
	(void)state;
	REFUSED(p.imports[0].module = 1);
	REFUSED(p.imports[0].flags = BT_IMPORT_FLAGS_ALL + 1);
	REFUSED(p.imports[1].start = 40);
	REFUSED(p.imports[1].end = 4001);
	REFUSED(p.imports[1].alias = NAMES_NR);
	REFUSED(p.imports[1].items_nr = 0);
	REFUSED(p.imports[1].items_nr = 2);
	REFUSED(p.imports[0].items_nr = 0);
	REFUSED(p.items[0].name = NAMES_NR);
	REFUSED(p.items[1].alias = NAMES_NR);
}

static void test_errors_and_lines(void **state)
{
	(void)state;
	REFUSED(p.errors[0].start = 4001);
	REFUSED(p.errors[0].end = 4001);
	REFUSED(p.lines[1] = 0);				/* among eight that are read at once */
	REFUSED(p.lines[LINES_NR - 1] = p.lines[LINES_NR - 2]);	/* and alone */
	REFUSED(p.lines[LINES_NR - 1] = 4001);
	REFUSED(p.f.size = 90);					/* the eight do not fit */
}

/* Every beginning of a record, and one byte too many. */
static void test_length(void **state)
{
	BT_BUF_OWNED struct bt_buf rec = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_facts out;
	struct parts p;

	(void)state;
	parts_make(&p);
	bt_facts_encode(&p.f, &rec);
	for (size_t len = 0; len <= rec.len + 1; len++) {
		BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
		char *copy = calloc(1, len ? len : 1);

		memcpy(copy, rec.data, len < rec.len ? len : rec.len);
		assert_int_equal(bt_facts_decode(copy, len, &arena, &out, &err), len == rec.len ? 0 : BT_ERR_CORRUPT);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	    cmocka_unit_test(test_header),
		cmocka_unit_test(test_names),	    cmocka_unit_test(test_occurrences),
		cmocka_unit_test(test_definitions), cmocka_unit_test(test_imports),
		cmocka_unit_test(test_errors_and_lines), cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
