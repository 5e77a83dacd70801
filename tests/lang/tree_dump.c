/*
 * Prints what the parser makes of files: one line for each file and way of reading it, with a hash over
 * every node.
 *
 *	tree_dump [--stock] [--mutations N] LANGUAGE FILE...
 *	tree_dump [--stock] --print LANGUAGE FILE	every node, in one piece
 *
 * LANGUAGE: a name; `each` for all of them in turn; `named` for that of the first line, which is cut off.
 * The program is linked twice: with the tuned parsers and runtime (tree_dump), and with the stock ones
 * (tree_dump_stock). --stock leaves out what is prepared at run time, too: dense tables and the arena. So
 * `tree_dump` and `tree_dump_stock --stock` have nothing in common that could be wrong in both.
 *
 * The ways are what a lexer's fast paths must not be taken in, or be left: chunks that end anywhere, ranges
 * that are left out, another encoding. Mutations are the same in every run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/lang/dense.h"
#include "core/lang/extract.h"
#include "core/lang/grammar_table.h"
#include "core/lang/langs.h"
#include "core/lang/scanner_guard.h"
#include "core/lang/ts_arena.h"

#define LANGS_MAX 64

struct way {
	const char *name;
	uint32_t len_max;	/* of the text that is parsed */
	uint32_t chunk;		/* largest piece in which it is handed over */
	bool ranges;		/* every third stretch of 100 bytes is left out */
	bool logged;		/* and the log becomes part of the hash */
	TSInputEncoding encoding;
};

static const struct way ways[] = {
	{ "whole", UINT32_MAX, UINT32_MAX, .encoding = TSInputEncodingUTF8 },
	{ "bytes", UINT32_MAX, 1, .encoding = TSInputEncodingUTF8 },
	{ "threes", UINT32_MAX, 3, .encoding = TSInputEncodingUTF8 },
	{ "chunks", UINT32_MAX, 61, .encoding = TSInputEncodingUTF8 },
	{ "ranges", UINT32_MAX, UINT32_MAX, .ranges = true, .encoding = TSInputEncodingUTF8 },
	{ "logged", 2048, UINT32_MAX, .logged = true, .encoding = TSInputEncodingUTF8 },
	{ "rotated", 2048, UINT32_MAX, .encoding = TSInputEncodingCustom },
	/* Nonsense, and one error as long as the text fills the arena. */
	{ "utf16", 2048, UINT32_MAX, .encoding = TSInputEncodingUTF16LE },
};

struct text {
	const char *data;
	uint32_t len, chunk;
	uint64_t callbacks, log_hash;
};

static struct {
	bool stock, print;
	unsigned long mutations;
	const TSLanguage *guarded[LANGS_MAX], *made[LANGS_MAX];	/* by bt_lang.index */
} opts;

static const char *text_read(void *payload, uint32_t at, TSPoint point, uint32_t *ret_len)
{
	const struct text *t = payload;

	(void)point;
	*ret_len = at < t->len ? t->len - at : 0;
	if (*ret_len > t->chunk)
		*ret_len = t->chunk;
	return at < t->len ? t->data + at : "";
}

/* Letters change places with others, and nothing else does. */
static uint32_t text_decode(const uint8_t *data, uint32_t len, int32_t *ret_char)
{
	uint8_t letter = len ? data[0] & 0xdf : 0;

	*ret_char = len ? data[0] : 0;
	if (letter >= 'A' && letter <= 'Z')
		*ret_char += letter < 'N' ? 13 : -13;
	return 1;
}

static void text_log(void *payload, TSLogType type, const char *message)
{
	struct text *t = payload;

	t->log_hash = bt_hash64(message, strlen(message), t->log_hash + type);
}

static bool text_progress(TSParseState *s)
{
	struct text *t = s->payload;

	return ++t->callbacks > bt_extract_limits_default.callbacks_max || bt_scanner_guard_overflowed();
}

static const TSLanguage *grammar_of(const struct bt_lang *lang)
{
	for (const struct bt_grammar *g = bt_grammars; g->name; g++)
		if (!strcmp(g->name, lang->grammar))
			return g->language();
	fprintf(stderr, "tree_dump: no grammar for %s\n", lang->name);
	exit(2);
}

/* What bt_extract parses with. */
static const TSLanguage *language_of(const struct bt_lang *lang)
{
	struct bt_err err = BT_ERR_INIT;
	const TSLanguage **guarded = &opts.guarded[lang->index], **made = &opts.made[lang->index];
	size_t bytes;

	if (*made)
		return *made;
	if (bt_scanner_guard(grammar_of(lang), guarded, &err) ||
	    (!opts.stock && bt_dense_make(*guarded, made, &bytes, &err))) {
		fprintf(stderr, "tree_dump: %s\n", err.msg);
		exit(2);
	}
	if (opts.stock)
		*made = *guarded;
	return *made;
}

static void print_node(TSNode n, const char *field, unsigned depth)
{
	TSPoint start = ts_node_start_point(n), end = ts_node_end_point(n);

	printf("%*s%s%s%s%s%s %u:%u-%u:%u %u-%u state %u\n", (int)depth * 2, "", field ? field : "",
	       field ? ": " : "", ts_node_is_missing(n) ? "missing " : "", ts_node_is_extra(n) ? "extra " : "",
	       ts_node_type(n), start.row, start.column, end.row, end.column, ts_node_start_byte(n),
	       ts_node_end_byte(n), ts_node_parse_state(n));
}

static uint64_t hash_node(TSNode n, TSFieldId field, unsigned depth, uint64_t seed)
{
	TSPoint start = ts_node_start_point(n), end = ts_node_end_point(n);
	const uint32_t facts[] = {
		depth, field, ts_node_symbol(n), ts_node_grammar_symbol(n), ts_node_start_byte(n),
		ts_node_end_byte(n), start.row, start.column, end.row, end.column, ts_node_parse_state(n),
		ts_node_next_parse_state(n), ts_node_child_count(n), ts_node_is_named(n),
		ts_node_is_missing(n), ts_node_is_extra(n), ts_node_is_error(n), ts_node_has_error(n),
	};

	return bt_hash64(facts, sizeof(facts), seed);
}

/* Visits every node, in order; *ret_nr: how many. */
static uint64_t visit(TSTree *tree, uint64_t *ret_nr)
{
	TSTreeCursor c = ts_tree_cursor_new(ts_tree_root_node(tree));
	uint64_t hash = 0;
	unsigned depth = 0;

	for (*ret_nr = 0;;) {
		TSNode n = ts_tree_cursor_current_node(&c);

		++*ret_nr;
		hash = hash_node(n, ts_tree_cursor_current_field_id(&c), depth, hash);
		if (opts.print)
			print_node(n, ts_tree_cursor_current_field_name(&c), depth);
		if (ts_tree_cursor_goto_first_child(&c)) {
			depth++;
			continue;
		}
		while (!ts_tree_cursor_goto_next_sibling(&c)) {
			if (!ts_tree_cursor_goto_parent(&c)) {
				ts_tree_cursor_delete(&c);
				return hash;
			}
			depth--;
		}
	}
}

/* The first two of three stretches of 100 bytes, all on the first line as far as the parser knows. */
static void set_ranges(TSParser *parser, uint32_t len)
{
	uint32_t nr = 0;
	TSRange *ranges = bt_xcalloc(len / 300 + 1, sizeof(*ranges));

	for (uint32_t at = 0; at < len || !nr; at += 300, nr++)
		ranges[nr] = (TSRange){ { 0, at }, { 0, at + 200 }, at, at + 200 };
	if (!ts_parser_set_included_ranges(parser, ranges, nr))
		abort();
	free(ranges);
}

static void parse(const struct bt_lang *lang, const struct way *way, const char *data, size_t len)
{
	struct text text = { data, (uint32_t)(len < way->len_max ? len : way->len_max), way->chunk };
	TSInput input = { &text, text_read, way->encoding, text_decode };
	TSParseOptions options = { .payload = &text, .progress_callback = text_progress };
	TSParser *parser = ts_parser_new();
	uint64_t hash, nr;
	TSTree *tree;

	/* The runtime reads on behind half a character. */
	if (way->encoding == TSInputEncodingUTF16LE)
		text.len = text.len > 2 ? (text.len - 2) & ~1u : 0;
	if (!ts_parser_set_language(parser, language_of(lang)))
		abort();
	if (way->ranges)
		set_ranges(parser, text.len);
	if (way->logged)
		ts_parser_set_logger(parser, (TSLogger){ &text, text_log });
	tree = ts_parser_parse_with_options(parser, NULL, input, options);
	bt_scanner_guard_end();
	if (bt_scanner_guard_overflowed()) {
		printf("scanner's state too large\n");
	} else if (!tree) {
		printf("too many steps\n");
	} else {
		hash = visit(tree, &nr);
		printf("%llu nodes %llu steps %016llx\n", (unsigned long long)nr,
		       (unsigned long long)text.callbacks, (unsigned long long)(hash ^ text.log_hash));
	}
	ts_tree_delete(tree);
	ts_parser_delete(parser);
}

static void parse_in_arena(const struct bt_lang *lang, const struct way *way, const char *data, size_t len)
{
	jmp_buf full;

	bt_ts_arena_set(true);
	if (!bt_ts_arena_begin(bt_extract_limits_default.arena_max, &full)) {
		fprintf(stderr, "tree_dump: out of memory\n");
		exit(2);
	}
	if (setjmp(full)) {
		bt_scanner_guard_abandon();
		printf("too many bytes\n");
	} else {
		parse(lang, way, data, len);
	}
	bt_ts_arena_end();
	bt_ts_arena_set(false);
}

/* The record that bt_extract makes of it. */
static void extract(const struct bt_lang *lang, const char *data, size_t len)
{
	BT_BUF_OWNED struct bt_buf record = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;

	bt_extract_set_fast(!opts.stock);
	if (bt_extract(lang, data, len, &record, &err))
		printf("%s\n", err.msg);
	else
		printf("%zu bytes %016llx\n", record.len,
		       (unsigned long long)bt_hash64(record.data, record.len, 0));
	bt_extract_release();
}

static void dump(const struct bt_lang *lang, const char *path, const char *what, const struct way *way,
		 const char *data, size_t len)
{
	printf("%s %s %s: ", lang->name, path, what);
	if (opts.print)
		printf("\n");
	bt_scanner_guard_begin(grammar_of(lang));
	if (!way)
		extract(lang, data, len);
	else if (opts.stock)
		parse(lang, way, data, len);
	else
		parse_in_arena(lang, way, data, len);
}

/* One to four bytes are replaced, repeated, or taken away. Needs room for four more. */
static size_t mutate(char *data, size_t len, uint64_t random)
{
	static const char odd[] = "\0\xff\xc3\xbf\r\n\t \"'\\(){}[]<>/*#@$`;:,.=x0_~";
	size_t at = (size_t)(random >> 8) % len, nr = 1 + (random >> 6) % 4;

	if (nr > len - at)
		nr = len - at;
	switch (random % 4) {
	case 0:
		data[at] = odd[(random >> 40) % (sizeof(odd) - 1)];
		return len;
	case 1:
		memmove(data + at, data + at + nr, len - at - nr);
		return len - nr;
	case 2:
		memmove(data + at + nr, data + at, len - at);
		return len + nr;
	default:
		data[at] = (char)(random >> 40);
		return len;
	}
}

/* A copy that ends where the text does, so that a sanitizer sees a read behind it. */
static char *exact_copy(const char *data, size_t len)
{
	return memcpy(bt_xmalloc(len + !len), data, len);
}

static void dump_mutations(const struct bt_lang *lang, const char *path, const char *data, size_t len)
{
	for (unsigned long i = 0; i < opts.mutations && len; i++) {
		char *work = bt_xmalloc(len + 16), name[32];
		size_t work_len = len;
		char *exact;

		memcpy(work, data, len);
		for (uint64_t step = 0; step < 4 && work_len; step++)
			work_len = mutate(work, work_len, bt_mix64(i * 4 + step + 1));
		exact = exact_copy(work, work_len);
		snprintf(name, sizeof(name), "mutation %lu", i);
		dump(lang, path, name, &ways[0], exact, work_len);
		free(exact);
		free(work);
	}
}

static void dump_text(const struct bt_lang *lang, const char *path, const char *data, size_t len)
{
	char *exact = exact_copy(data, len);

	if (opts.print) {
		dump(lang, path, ways[0].name, &ways[0], exact, len);
	} else {
		dump(lang, path, "record", NULL, exact, len);
		for (size_t i = 0; i < BT_ARRAY_NR(ways); i++)
			dump(lang, path, ways[i].name, &ways[i], exact, len);
	}
	free(exact);
	dump_mutations(lang, path, data, len);
}

/* The language that the first line names, or NULL; *ret_used: bytes of that line. */
static const struct bt_lang *first_line(const char *data, size_t len, size_t *ret_used)
{
	const char *end = len ? memchr(data, '\n', len < 32 ? len : 32) : NULL;
	const struct bt_lang *lang = NULL;
	char name[33] = "";

	if (end) {
		memcpy(name, data, (size_t)(end - data));
		lang = bt_lang_find(name);
	}
	*ret_used = lang ? (size_t)(end - data) + 1 : 0;
	return lang;
}

static void read_file(const char *path, struct bt_buf *b)
{
	struct bt_err err = BT_ERR_INIT;

	if (bt_file_read(path, SIZE_MAX, b, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		exit(2);
	}
}

static void dump_file(const char *language, const char *path)
{
	BT_BUF_OWNED struct bt_buf src = BT_BUF_INIT;
	const struct bt_lang *lang = bt_lang_find(language);
	size_t used = 0;

	read_file(path, &src);
	bt_buf_addch(&src, '\0');
	src.len--;
	if (!strcmp(language, "named"))
		lang = first_line(src.data, src.len, &used);
	for (size_t i = 0; i < bt_langs_nr(); i++)
		if (!lang || lang == bt_lang_get(i))
			dump_text(bt_lang_get(i), path, src.data + used, src.len - used);
}

int main(int argc, char **argv)
{
	int i = 1;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--stock"))
			opts.stock = true;
		else if (!strcmp(argv[i], "--print"))
			opts.print = true;
		else if (!strcmp(argv[i], "--mutations") && i + 1 < argc)
			opts.mutations = strtoul(argv[++i], NULL, 10);
		else
			break;
	}
	if (argc - i < 2 || bt_langs_nr() > LANGS_MAX ||
	    (strcmp(argv[i], "each") && strcmp(argv[i], "named") && !bt_lang_find(argv[i]))) {
		fprintf(stderr, "usage: tree_dump [--stock] [--print | --mutations N] LANGUAGE FILE...\n");
		return 2;
	}
	for (int k = i + 1; k < argc; k++)
		dump_file(argv[i], argv[k]);
	bt_ts_arena_release();
	return 0;
}
