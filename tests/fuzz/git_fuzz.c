/*
 * What a repository holds besides blobs. The first byte picks: 't' and 'T' tree objects (sha1, sha256), 'a'
 * attributes, 'p' patterns; else all of them in turn.
 */
#include "core/git/attr.h"
#include "core/git/glob.h"
#include "core/git/odb.h"
#include "tests/fuzz/fuzz.h"

/* Nobody writes longer ones; matching may take the product of both lengths. */
#define PATTERN_MAX 512

static void tree(const uint8_t *data, size_t size, size_t oid_len)
{
	struct bt_tree_reader r;
	struct bt_tree_entry e;
	struct bt_err err = BT_ERR_INIT;
	int rc;

	bt_tree_reader_init(&r, data, size, oid_len);
	while ((rc = bt_tree_reader_next(&r, &e, &err)) == BT_ROW) {
		const char *start = (const char *)data;

		FUZZ_CHECK(e.name >= start && e.name + e.name_len < start + size);
		FUZZ_CHECK(e.kind <= BT_ENTRY_UNNAMABLE && e.oid.len == oid_len);
		FUZZ_CHECK(e.kind == BT_ENTRY_UNNAMABLE || (e.name_len && !memchr(e.name, '/', e.name_len)));
	}
	FUZZ_CHECK(rc == BT_DONE || (rc == BT_ERR_CORRUPT && *err.msg));
}

static void attributes(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "a.c", "sub/b.py", "sub/deep/c.js", "x y/\xc3\xa9.h", ".gitattributes" };
	const uint8_t *at = data, *end = data + size;
	char *outer = fuzz_piece(&at, end, 0), *top = fuzz_piece(&at, end, 0), *sub = fuzz_piece(&at, end, 0);
	const char *files[3] = { outer ? outer : "", top ? top : "", sub ? sub : "" };
	struct bt_attr_stack *s = bt_attr_stack_new(size & 1);
	BT_BUF_OWNED struct bt_buf above = BT_BUF_INIT;

	bt_attr_stack_set_outer(s, files[0], strlen(files[0]), files[0], strlen(files[0]) / 2);
	/* The rest as it is, NULs and all. */
	bt_attr_stack_push(s, "", (const char *)data, size);
	bt_attr_stack_pop(s);
	bt_attr_stack_push(s, "", files[1], strlen(files[1]));
	bt_attr_effective_above(s, "sub", &above);
	bt_attr_stack_push(s, "sub", files[2], strlen(files[2]));
	for (size_t i = 1; i < 3; i++) {
		struct bt_attr_value values[BT_ATTR_NR];

		bt_attr_lookup(s, paths[i], values);
		for (int k = 0; k < BT_ATTR_NR; k++) {
			FUZZ_CHECK(values[k].state <= BT_ATTR_VALUE);
			FUZZ_CHECK((values[k].state == BT_ATTR_VALUE) == (values[k].value != NULL));
		}
	}
	bt_attr_stack_pop(s);
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		struct bt_attr_value values[BT_ATTR_NR];

		if (!strchr(paths[i], '/'))
			bt_attr_lookup(s, paths[i], values);
	}
	bt_attr_stack_free(&s);
	free(outer);
	free(top);
	free(sub);
}

static void patterns(const uint8_t *data, size_t size)
{
	const uint8_t *at = data, *end = data + (size < PATTERN_MAX ? size : PATTERN_MAX);
	char *text = fuzz_piece(&at, end, '\n'), *path = fuzz_piece(&at, end, '\n');
	struct bt_err err = BT_ERR_INIT;
	struct bt_pattern p;

	if (text && path) {
		bt_wild(text, strlen(text), path, strlen(path), BT_WILD_PATHNAME);
		bt_wild(text, strlen(text), path, strlen(path), BT_WILD_PATHNAME | BT_WILD_ICASE);
		if (!bt_pattern_parse(text, &p, &err)) {
			FUZZ_CHECK(p.literal_len <= strlen(p.glob));
			if (bt_pattern_match(&p, path, false) && *path != '/')
				FUZZ_CHECK(bt_pattern_may_match_below(&p, ""));
			bt_pattern_may_match_below(&p, path);
			bt_pattern_release(&p);
		} else {
			FUZZ_CHECK(*err.msg && !strchr(err.msg, '\n'));
		}
	}
	free(text);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int what = size ? *data : 0;
	const uint8_t *rest = size ? data + 1 : data;
	size_t len = size ? size - 1 : 0;

	if (what != 'T' && what != 'a' && what != 'p')
		tree(rest, len, 20);
	if (what != 't' && what != 'a' && what != 'p')
		tree(rest, len, 32);
	if (what != 't' && what != 'T' && what != 'p')
		attributes(rest, len);
	if (what != 't' && what != 'T' && what != 'a')
		patterns(rest, len);
	return 0;
}
