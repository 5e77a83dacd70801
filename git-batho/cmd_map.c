/*
 * git batho map: the definitions a repository turns on, within a budget of tokens.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/map.h"
#include "core/query/rank.h"
#include "git-batho/commands.h"
#include "git-batho/print.h"
#include "git-batho/scope.h"

/* What is counted as one token: models take three to five bytes of code as one. */
#define TOKEN_BYTES 4
/* Longer signatures are cut. */
#define SIGNATURE_MAX 160
/* The shortest line costs about this many tokens: more names than fit need not be ranked. */
#define LINE_TOKENS 4

struct map_opts {
	struct bt_scope_opts scope;
	int64_t budget;
	struct bt_opt_list focus;
};

static const struct map_opts map_defaults = { .budget = 1024 };

static const struct bt_opt map_options[] = { { .type = BT_OPT_INT,
					       .letter = 'b',
					       .name = "budget",
					       .metavar = "<n>",
					       .min = 16,
					       .max = 10000000,
					       .help = "tokens that the outline may take (1024)",
					       BT_OPT_AT(struct map_opts, budget) },
					     { .type = BT_OPT_LIST,
					       .letter = 'f',
					       .name = "focus",
					       .metavar = "<path>",
					       .help = "what this file or folder needs; may repeat",
					       BT_OPT_AT(struct map_opts, focus) },
					     BT_VIEW_ROWS(struct map_opts, scope),
					     BT_OPT_END };

static const char *const map_usage[] = { "[<options>]", NULL };

/* A definition that may be shown. */
struct entry {
	uint32_t hit;
	double score;
	char *text; /* in the answer's arena */
	size_t len;
	bool chosen;
};

struct map {
	struct bt_context *c;
	const struct map_opts *o;
	struct bt_view v;
	struct bt_rank rank;
	struct bt_answer a;
	struct entry *entries; /* by score */
	size_t nr, alloc;
	double *file_scores; /* per file of the answer: of what was chosen */
};

static void map_release(struct map *m)
{
	bt_rank_release(&m->rank);
	bt_answer_release(&m->a);
	bt_view_release(&m->v);
	free(m->entries);
	free(m->file_scores);
}

static bool is_shown(uint8_t kind)
{
	return kind != BT_KIND_FIELD && kind != BT_KIND_ENUMERATOR && kind != BT_KIND_VARIABLE &&
	       kind != BT_KIND_HEADING && kind != BT_KIND_KEY && kind != BT_KIND_PACKAGE &&
	       kind != BT_KIND_MODULE && kind != BT_KIND_TEST;
}

/*
 * The first definition of a name in a blob, or its first declaration: of conditional ones one stands for all.
 */
static int add_name(struct map *m, const struct bt_ranked *r, struct bt_err *err)
{
	uint32_t best = BT_NONE;
	size_t first, nr;
	const struct bt_facts *f;
	struct bt_hit *h;

	if (bt_answer_add_blob(&m->v, &m->a, r->blob, NULL, &first, &nr, err))
		return err->code;
	if (!nr)
		return 0;
	if (bt_answer_read_name(&m->v, &m->a, first, r->name, r->len, err))
		return err->code;
	f = &m->a.files[first].f->facts;
	for (uint32_t d = 0; d < f->defs_nr; d++) {
		if (!bt_name_is(f, f->defs[d].name, r->name, r->len) || !is_shown(f->defs[d].kind))
			continue;
		if (best == BT_NONE ||
		    ((f->defs[best].flags & BT_DEF_DECL) && !(f->defs[d].flags & BT_DEF_DECL)))
			best = d;
	}
	if (best == BT_NONE)
		return 0;
	bt_answer_add_def(&m->a, (uint32_t)first, best);
	h = &m->a.hits[m->a.hits_nr - 1];
	/* what is fetched as its line is the signature */
	h->line_start = h->d.start;
	h->line_end = h->d.sig_end;
	BT_GROW(m->entries, m->alloc, m->nr + 1);
	m->entries[m->nr++] = (struct entry){ .hit = (uint32_t)m->a.hits_nr - 1, .score = r->score };
	return 0;
}

/* A type with its body: typedef struct {...} name. */
static void add_body(struct bt_buf *out, const struct bt_hit *h)
{
	if (out->len && memmem(out->data, out->len, h->name, h->name_len))
		return;
	bt_buf_adds(out, out->len ? " {...} " : "");
	bt_buf_add(out, h->name, h->name_len);
}

/* One line: runs of blanks become one, what is too long is cut at a character. */
static void set_text(struct map *m, struct entry *e, const struct bt_line *line)
{
	const struct bt_hit *h = &m->a.hits[e->hit];
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	bool blank = false;

	for (uint32_t i = 0; line->text && i < line->len && out.len < SIGNATURE_MAX; i++) {
		if (line->text[i] == '{' && !(h->d.flags & BT_DEF_CALLABLE)) {
			add_body(&out, h);
			break;
		}
		if (strchr(" \t\r\n", line->text[i])) {
			blank = out.len > 0;
			continue;
		}
		if (blank)
			bt_buf_addch(&out, ' ');
		blank = false;
		bt_buf_addch(&out, line->text[i]);
	}
	while (out.len >= SIGNATURE_MAX && ((unsigned char)out.data[out.len - 1] & 0xc0) == 0x80)
		out.len--;
	if (!out.len)
		bt_buf_add(&out, h->name, h->name_len);
	e->len = out.len;
	e->text = bt_arena_strndup(&m->a.arena, out.data, out.len);
}

static size_t tokens(size_t bytes)
{
	return (bytes + TOKEN_BYTES - 1) / TOKEN_BYTES;
}

static size_t digits(uint32_t n)
{
	size_t nr = 1;

	while (n >= 10)
		n /= 10, nr++;
	return nr;
}

/* Best first, as long as they fit; a file costs its heading once. */
static void choose(struct map *m)
{
	size_t left = (size_t)m->o->budget;

	for (size_t i = 0; i < m->nr; i++) {
		struct entry *e = &m->entries[i];
		const struct bt_hit *h = &m->a.hits[e->hit];
		double *file = &m->file_scores[h->file];
		size_t cost = tokens(digits(h->row + 1) + 4 + e->len + 1);

		if (*file <= 0)
			cost += tokens(m->a.files[h->file].path_len + 2);
		if (cost > left)
			continue;
		left -= cost;
		e->chosen = true;
		*file += e->score > 0 ? e->score : 1e-12;
	}
}

struct order {
	double file_score;
	const char *path;
	uint32_t row, entry;
};

static int order_cmp(const void *pa, const void *pb)
{
	const struct order *a = pa, *b = pb;
	int c;

	if (a->file_score != b->file_score)
		return a->file_score > b->file_score ? -1 : 1;
	c = strcmp(a->path, b->path);
	if (c)
		return c;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return (a->entry > b->entry) - (a->entry < b->entry);
}

static void print_entry(struct map *m, const struct entry *e, bool heading)
{
	const struct bt_hit *h = &m->a.hits[e->hit];
	const struct bt_answer_file *f = &m->a.files[h->file];
	struct bt_out *out = m->c->out;

	bt_out_record(out, "definition");
	bt_print_place(m->c, &m->a, h);
	bt_print_def_fields(m->c, h);
	bt_out_str(out, "signature", e->text, e->len);
	bt_out_uint(out, "rank_ppm", (uint64_t)(e->score * 1e6));
	bt_out_record_end(out);
	if (heading) {
		bt_out_path(out, BT_COLOR_PATH, f->path, f->path_len);
		bt_out_text(out, BT_COLOR_SEP, ":", 1);
		bt_out_nl(out);
	}
	bt_out_textf(out, BT_COLOR_LINE, "  %u", h->row + 1);
	bt_out_text(out, BT_COLOR_SEP, ": ", 2);
	bt_out_text(out, BT_COLOR_NONE, e->text, e->len);
	bt_out_nl(out);
}

static size_t print_map(struct map *m)
{
	BT_FREE struct order *list = bt_xmalloc((m->nr + 1) * sizeof(*list));
	size_t nr = 0;

	for (uint32_t i = 0; i < m->nr; i++) {
		const struct bt_hit *h = &m->a.hits[m->entries[i].hit];

		if (m->entries[i].chosen)
			list[nr++] = (struct order){ m->file_scores[h->file], m->a.files[h->file].path,
						     h->row, i };
	}
	if (nr)
		qsort(list, nr, sizeof(*list), order_cmp);
	for (size_t i = 0; i < nr && !bt_out_failed(m->c->out); i++)
		print_entry(m, &m->entries[list[i].entry], !i || strcmp(list[i].path, list[i - 1].path) != 0);
	return nr;
}

/*
 * Leaves the hits that may be shown, in the order of their entries; files that several names were looked up
 * in become one.
 */
static void tidy_answer(struct map *m)
{
	struct bt_hit *hits = bt_xmalloc((m->nr + 1) * sizeof(*hits));
	struct bt_strmap paths;
	bool fresh;

	bt_strmap_init(&paths, NULL);
	for (size_t i = 0; i < m->nr; i++) {
		struct bt_hit *h = &m->a.hits[m->entries[i].hit];
		const struct bt_answer_file *f = &m->a.files[h->file];
		struct bt_strmap_entry *e = bt_strmap_intern(&paths, f->path, f->path_len,
							     bt_strmap_hash(f->path, f->path_len), &fresh);

		if (fresh)
			e->value = h->file;
		h->file = (uint32_t)e->value;
		hits[i] = *h;
		m->entries[i].hit = (uint32_t)i;
	}
	bt_strmap_release(&paths);
	free(m->a.hits);
	m->a.hits = hits;
	m->a.hits_nr = m->nr;
	m->a.hits_alloc = m->nr + 1;
}

static int find_entries(struct map *m, struct bt_err *err)
{
	BT_FREE const char **focus = bt_xcalloc(m->o->focus.nr + 1, sizeof(*focus));
	struct bt_rank_opts ro = { .max = (size_t)m->o->budget / LINE_TOKENS + 64,
				   .focus = focus,
				   .focus_nr = m->o->focus.nr };
	struct bt_line *lines;

	for (size_t i = 0; i < ro.focus_nr; i++) {
		BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

		if (bt_tree_path(m->c, m->o->focus.items[i], &path, err))
			return err->code;
		if (path.len && path.data[path.len - 1] == '/')
			path.len--;
		focus[i] = bt_arena_strndup(&m->a.arena, bt_buf_cstr(&path), path.len);
	}
	if (bt_rank_names(&m->v, &ro, &m->rank, err))
		return err->code;
	if (ro.focus_nr && !m->rank.focused)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "no indexed file of code at '%s'",
				  m->o->focus.items[0]);
	for (size_t i = 0; i < m->rank.nr; i++)
		if (add_name(m, &m->rank.list[i], err))
			return err->code;
	tidy_answer(m);
	if (bt_lines_fetch(&m->c->repo, &m->a, bt_scope_lines(m->c, &m->o->scope), &lines, err))
		return err->code;
	for (size_t i = 0; i < m->nr; i++)
		set_text(m, &m->entries[i], &lines[m->entries[i].hit]);
	return 0;
}

static int run_map(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	BT_CLEANUP(map_release) struct map m = { .c = c, .o = opts };
	struct bt_filter f;

	if (args->nr)
		return bt_err_set(err, BT_ERR_USAGE, "map takes no argument; --focus names paths");
	if (bt_scope_filter(&m.o->scope, &f, err) || bt_scope_open(c, &m.o->scope, &m.v, err) ||
	    find_entries(&m, err))
		return err->code;
	m.file_scores = bt_xcalloc(m.a.files_nr + 1, sizeof(*m.file_scores));
	choose(&m);
	return print_map(&m) ? 0 : 1;
}

const struct bt_command bt_cmd_map = {
	.name = "map",
	.summary = "the definitions a repository turns on",
	.usage = map_usage,
	.options = map_options,
	.options_size = sizeof(struct map_opts),
	.defaults = &map_defaults,
	.flags = BT_NEEDS_REPO | BT_NEEDS_HEAD | BT_PAGES,
	.run = run_map,
};
