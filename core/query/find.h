/*
 * Finding: names -> definitions and references, with where they are.
 *
 * Answers are gathered, ordered (bt_answer_sort) and kept in the answer's arena, so that callers can
 * group, count and fetch source lines in one go.
 */
#ifndef BT_QUERY_FIND_H
#define BT_QUERY_FIND_H

#include "core/query/symbol.h"
#include "core/query/view.h"

struct bt_filter {
	uint32_t kinds;			/* bit per enum bt_kind; 0: any */
	uint32_t roles;			/* bit per enum bt_role; 0: any */
	const char *lang;		/* language name, or NULL */
	const char *path;		/* git pattern on paths, or NULL */
	size_t max;			/* the first so many hits, in the order of the answer; 0: all */
};

/* One place. Spans are bytes of the blob; row and col count from 0. */
struct bt_hit {
	uint32_t file;			/* number in bt_answer.files */
	uint32_t at, len;		/* of the name */
	uint32_t row, col;
	uint32_t line_start, line_end;	/* of the line it stands on, without the line end */
	uint8_t role;			/* enum bt_role */
	uint8_t kind;			/* of the definition, or BT_KIND_NR */
	uint32_t def;			/* the definition itself, or the one around a reference; BT_NONE */
	unsigned rank;			/* search: smaller is better */
	const char *name;		/* name_len bytes; in the answer's arena, as the scope */
	uint32_t name_len;
	const char *scope;		/* "Class.method": what is around it; NULL: nothing */
	uint32_t end_row;		/* of the definition, where the hit is one */
	struct bt_def d;		/* the definition, where kind is one */
	bool on_super;			/* a reference: what is extended says whom it means */
};

struct bt_answer_file {
	uint32_t blob;
	uint32_t manifest_file;		/* number in the manifest, or BT_NONE */
	struct bt_view_file *f;		/* several files may share one blob; f->facts: see keep */
	const char *path;
	size_t path_len;
	uint8_t flags;
	const char *lang;		/* name of the language */
};

struct bt_answer {
	struct bt_arena arena;
	struct bt_answer_file *files;
	size_t files_nr, files_alloc;
	struct bt_hit *hits;
	size_t hits_nr, hits_alloc;
	struct bt_arena parts[2];	/* what workers made: see gather.c, lines.c */
	struct bt_arena scratch;	/* facts of the blob at hand, unless keep is set */
	bool keep;			/* files keep their facts (f->facts) for good */
	bool cut;			/* max was reached */
};

#define BT_ANSWER_INIT { .files = NULL }

void bt_answer_release(struct bt_answer *a);

/* Does a file pass, as far as its path and its language go? f may be NULL. */
bool bt_filter_passes(const struct bt_filter *f, const char *path, const char *lang);

/* Definitions (and declarations, marked by role) of a symbol. */
int bt_find_defs(struct bt_view *v, const struct bt_symbol *s, const struct bt_filter *f,
		 struct bt_answer *a, struct bt_err *err);
/* Every occurrence of a symbol, definitions and declarations included unless the roles say otherwise. */
int bt_find_refs(struct bt_view *v, const struct bt_symbol *s, const struct bt_filter *f,
		 struct bt_answer *a, struct bt_err *err);
/* Definitions of one file, in order. BT_ERR_NOT_FOUND: no such path in the view, or not indexed. */
int bt_find_outline(struct bt_view *v, const char *path, const struct bt_filter *f, struct bt_answer *a,
		    struct bt_err *err);

enum bt_search_mode {
	BT_SEARCH_AUTO,		/* glob when the pattern has * or ?, else prefix, then substring, then fuzzy */
	BT_SEARCH_PREFIX,
	BT_SEARCH_SUBSTRING,
	BT_SEARCH_GLOB,
	BT_SEARCH_FUZZY,
};
/* Definitions whose names match, best first: exact, case differs, prefix, word start, inside, fuzzy. */
int bt_find_search(struct bt_view *v, const char *pattern, enum bt_search_mode mode,
		   const struct bt_filter *f, struct bt_answer *a, struct bt_err *err);

/*
 * Shared with search.c and graph.c. Adds the files of a blob that pass the filter; *ret_nr of them from *ret_first.
 * Their facts are yet to be read.
 */
int bt_answer_add_blob(struct bt_view *v, struct bt_answer *a, uint32_t blob, const struct bt_filter *f,
		       size_t *ret_first, size_t *ret_nr, struct bt_err *err);
/* The same for a blob whose row was read; it must live as long as the answer. */
int bt_answer_add_files(struct bt_view *v, struct bt_answer *a, struct bt_view_file *blob,
			const struct bt_filter *f, size_t *ret_first, size_t *ret_nr, struct bt_err *err);
/* The same for one file of the manifest that shows the blob. */
int bt_answer_add_file(struct bt_view *v, struct bt_answer *a, struct bt_view_file *blob, uint32_t manifest_file,
		       const struct bt_filter *f, size_t *ret_first, size_t *ret_nr, struct bt_err *err);
/* What the facts of a file (and of others that show the same blob) say about one name. */
int bt_answer_read_name(struct bt_view *v, struct bt_answer *a, size_t file, const char *name, size_t len,
			struct bt_err *err);
/* All its facts, if they are not there. */
int bt_answer_read_whole(struct bt_view *v, struct bt_answer *a, size_t file, struct bt_err *err);
void bt_answer_add_occ(struct bt_answer *a, uint32_t file, uint32_t occ);
void bt_answer_add_def(struct bt_answer *a, uint32_t file, uint32_t def);
/*
 * Orders hits by path and position, generated and vendored files last (search: by rank first), and keeps the first `max` of
 * them (0: all), which a->cut then says.
 */
void bt_answer_sort(struct bt_answer *a, size_t max);

#endif
