/*
 * Prints the facts of one file as text: what the golden cases under tests/lang compare.
 *
 *	lang_dump [--stock] LANGUAGE FILE
 *	lang_dump [--stock] --defs LANGUAGE FILE...	kind, name, file, line
 *	lang_dump [--stock] --occs LANGUAGE FILE...	role, name, file, line, column
 *	lang_dump --detect FILE...			language (- for none), file
 *
 * Rows and columns are printed from 1. --stock parses with tree-sitter's own tables and allocator. The
 * modes that take many files print one line a fact with tabs between, for the comparisons with other tools.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/facts/facts.h"
#include "core/lang/extract.h"
#include "core/lang/langs.h"

static void print_point(const struct bt_facts *f, uint32_t at)
{
	struct bt_point p = bt_facts_point(f, at);

	printf("%u:%u", p.row + 1, p.col + 1);
}

static void print_span(const struct bt_facts *f, uint32_t start, uint32_t end)
{
	print_point(f, start);
	printf("-");
	print_point(f, end);
}

static void print_name(const struct bt_name *n)
{
	printf("%.*s", (int)n->len, n->text);
}

/* White space runs become one blank, so that a signature is one line. */
static void print_text(const char *src, uint32_t start, uint32_t end)
{
	int space = 0;

	putchar('\'');
	for (uint32_t i = start; i < end; i++) {
		int c = (unsigned char)src[i];

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			space = 1;
			continue;
		}
		if (space)
			putchar(' ');
		space = 0;
		putchar(c);
	}
	putchar('\'');
}

static void print_def(const struct bt_facts *f, uint32_t i, const char *src)
{
	const struct bt_def *d = &f->defs[i];

	printf("def %s ", bt_kind_name(d->kind));
	print_name(&f->names[d->name]);
	if (d->occ != BT_NONE) {
		printf(" at ");
		print_point(f, f->occs[d->occ].at);
	}
	printf(" span ");
	print_span(f, d->start, d->end);
	if (d->parent != BT_NONE) {
		printf(" in ");
		print_name(&f->names[f->defs[d->parent].name]);
	}
	printf("%s%s%s%s", d->flags & BT_DEF_EXPORTED ? " exported" : "",
	       d->flags & BT_DEF_DECL ? " declaration" : "",
	       d->flags & BT_DEF_ANONYMOUS ? " anonymous" : "",
	       d->flags & BT_DEF_DEFAULT ? " default" : "");
	if (d->flags & BT_DEF_CALLABLE)
		printf(" params=%u complexity=%u nesting=%u", d->params, d->complexity, d->nesting);
	if (d->flags & BT_DEF_DOC) {
		printf(" doc=");
		print_span(f, d->doc_start, d->doc_end);
	}
	printf(" sig=");
	print_text(src, d->start, d->sig_end);
	putchar('\n');
}

static void print_occ(const struct bt_facts *f, uint32_t i)
{
	const struct bt_occ *o = &f->occs[i];
	uint32_t in = bt_facts_enclosing(f, o->at);

	printf("%s ", bt_role_name(o->role));
	print_name(&f->names[o->name]);
	printf(" at ");
	print_point(f, o->at);
	if (o->qual != BT_QUAL_NONE)
		printf(" qualified by %s", bt_qual_name(o->qual));
	if (in != BT_NONE) {
		printf(" in ");
		print_name(&f->names[f->defs[in].name]);
	}
	putchar('\n');
}

static void print_import(const struct bt_facts *f, const struct bt_import *m)
{
	printf("import '");
	print_name(&f->texts[m->module]);
	printf("'%s%s%s%s", m->flags & BT_IMPORT_RELATIVE ? " relative" : "",
	       m->flags & BT_IMPORT_SYSTEM ? " system" : "", m->flags & BT_IMPORT_ALL ? " all" : "",
	       m->flags & BT_IMPORT_REEXPORT ? " reexport" : "");
	if (m->alias != BT_NONE) {
		printf(" as ");
		print_name(&f->names[m->alias]);
	}
	for (uint32_t i = m->items; i < m->items + m->items_nr; i++) {
		printf(i == m->items ? " names " : ", ");
		print_name(&f->names[f->items[i].name]);
		if (f->items[i].alias != BT_NONE) {
			printf(" as ");
			print_name(&f->names[f->items[i].alias]);
		}
	}
	putchar('\n');
}

static void print_facts(const struct bt_facts *f, const char *src)
{
	printf("lines code=%u comment=%u blank=%u\n", f->code_lines, f->comment_lines, f->blank_lines);
	for (uint32_t i = 0; i < f->defs_nr; i++)
		print_def(f, i, src);
	for (uint32_t i = 0; i < f->imports_nr; i++)
		print_import(f, &f->imports[i]);
	for (uint32_t i = 0; i < f->occs_nr; i++)
		if (f->occs[i].role > BT_ROLE_DECL)
			print_occ(f, i);
	for (uint32_t i = 0; i < f->errors_nr; i++) {
		printf("error ");
		print_span(f, f->errors[i].start, f->errors[i].end);
		putchar('\n');
	}
}

static void read_file(const char *path, struct bt_buf *b)
{
	struct bt_err err = BT_ERR_INIT;

	if (bt_file_read(path, SIZE_MAX, b, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		exit(2);
	}
}

static void print_defs(const struct bt_facts *f, const char *path)
{
	for (uint32_t i = 0; i < f->defs_nr; i++) {
		const struct bt_def *d = &f->defs[i];
		uint32_t at = d->occ == BT_NONE ? d->start : f->occs[d->occ].at;

		printf("%s\t", bt_kind_name(d->kind));
		print_name(&f->names[d->name]);
		printf("\t%s\t%u\n", path, bt_facts_point(f, at).row + 1);
	}
}

static void print_occs(const struct bt_facts *f, const char *path)
{
	for (uint32_t i = 0; i < f->occs_nr; i++) {
		struct bt_point p = bt_facts_point(f, f->occs[i].at);

		printf("%s\t", bt_role_name(f->occs[i].role));
		print_name(&f->names[f->occs[i].name]);
		printf("\t%s\t%u\t%u\n", path, p.row + 1, p.col + 1);
	}
}

enum mode { MODE_FACTS, MODE_DEFS, MODE_OCCS };

static int dump(const struct bt_lang *lang, const char *path, enum mode mode)
{
	BT_BUF_OWNED struct bt_buf src = BT_BUF_INIT, rec = BT_BUF_INIT;
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = BT_ARENA_INIT;
	struct bt_err err = BT_ERR_INIT;
	struct bt_facts f;

	read_file(path, &src);
	if (bt_extract(lang, src.data ? src.data : "", src.len, &rec, &err) ||
	    bt_facts_decode(rec.data, rec.len, &arena, &f, &err)) {
		fprintf(stderr, "lang_dump: %s: %s\n", path, err.msg);
		return 1;
	}
	if (mode == MODE_DEFS)
		print_defs(&f, path);
	else if (mode == MODE_OCCS)
		print_occs(&f, path);
	else
		print_facts(&f, src.data);
	return 0;
}

static void detect(const char *path)
{
	BT_BUF_OWNED struct bt_buf src = BT_BUF_INIT;
	const struct bt_detect_class *cls = NULL;
	const struct bt_lang *lang = NULL;
	enum bt_detect how = bt_detect_path(path, strlen(path), NULL, &lang, &cls);

	if (how == BT_DETECT_CLASS) {
		read_file(path, &src);
		lang = bt_detect_content(cls, src.data ? src.data : "", src.len);
	} else if (how == BT_DETECT_NONE) {
		lang = NULL;
	}
	printf("%s\t%s\n", lang ? lang->name : "-", path);
}

int main(int argc, char **argv)
{
	enum mode mode = MODE_FACTS;
	const struct bt_lang *lang;
	int i = 1, rc = 0;

	if (i < argc && !strcmp(argv[i], "--detect")) {
		while (++i < argc)
			detect(argv[i]);
		return 0;
	}
	if (i < argc && !strcmp(argv[i], "--stock")) {
		bt_extract_set_fast(false);
		i++;
	}
	if (i < argc && !strncmp(argv[i], "--", 2)) {
		mode = !strcmp(argv[i], "--defs") ? MODE_DEFS : MODE_OCCS;
		i++;
	}
	if (argc - i < 2 || (mode == MODE_FACTS && argc - i > 2) || !(lang = bt_lang_find(argv[i]))) {
		fprintf(stderr, "usage: lang_dump [--stock] [--defs | --occs] LANGUAGE FILE...\n");
		return 2;
	}
	while (++i < argc)
		rc |= dump(lang, argv[i], mode);
	bt_extract_release();
	return rc;
}
