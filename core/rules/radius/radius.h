/*
 * The blast radius: rules about what a change does to files that it does not touch. They run when a check is made, over the
 * definitions and imports that differ between the two sides of the change, and ask the index for the rest.
 *
 * The rest is a view of a tree that the index knows complete: one of bt_check_opts.trees, or HEAD's. Its files that the
 * change does not touch are those of what is judged; for the others the facts of both sides are taken. Nothing is ever
 * indexed for that but the blobs of the change itself, and in a commit's hook (bt_check_opts.hurry) not even these. Where
 * no such tree is known, the rules have nothing to say, and bt_check.radius_unknown is set when they would have been asked.
 *
 * What costs comes last: without a definition or an import that differs no tree is looked for.
 *
 * Shared by radius*.c and check_change.c.
 */
#ifndef BT_RULES_RADIUS_H
#define BT_RULES_RADIUS_H

#include "core/query/impact.h"
#include "core/query/resolve.h"
#include "core/rules/check_state.h"

enum radius_what {
	RADIUS_SIGNATURE,	/* callables alone: the tokens before the body */
	RADIUS_BODY,		/* callables alone */
	RADIUS_REMOVED,		/* no definition of that name is in its file any more */
	RADIUS_HIDDEN,		/* it is there, and cannot be seen outside of its file any more */
};

/* An exported definition that differs. */
struct radius_def {
	enum radius_what what;
	size_t file;			/* number in check.files: where it is now, or was */
	size_t old_file;		/* where it was */
	uint32_t before, after;		/* in the facts of these files; after BT_NONE: RADIUS_REMOVED */
	bool types_only;		/* RADIUS_SIGNATURE: as many parameters as before, of other types */
	const char *symbol;		/* with what is around it: "Class.method" */
	const char *name;		/* name_len bytes and a NUL */
	size_t name_len;
	const char *scope;		/* the name right around it, or NULL */
};

struct radius {
	struct check *k;
	struct bt_arena arena;
	const struct bt_facts **before, **after;	/* per file; NULL: it is not there, or has none */
	bool *unread;			/* per file: one side is there, and its facts are not known */
	bool *inner;			/* per file: no other file can notice the change; `before` is not read */
	struct radius_def *defs;
	size_t defs_nr, defs_alloc;
	bool compared;			/* all of the above is filled */
	bool view_asked, view_found;
	struct bt_view view;
	struct bt_oid tree;		/* of the view */
	struct bt_odb *odb;		/* opened on demand */
	struct radius_imports *imports;	/* radius/imports.h; made on demand */
};

/* What the rules share, made when the first one asks. *ret_r NULL: there is nothing that they could say. */
int radius_get(struct check *k, struct radius **ret_r);
void radius_free(struct radius **pr);

/*
 * radius/inner.c: did a file change inside the body of one callable alone? Its signature is the same then, and so is
 * everything around it, imports included.
 */
bool radius_is_inner(const struct bt_incoming_file *in, const struct bt_facts *now);
/* Did it get whole definitions between others, which stayed, and nothing else? */
bool radius_is_addition(const struct bt_incoming_file *in, const struct bt_lang *lang, const struct bt_facts *now);

/* radius/defs.c: fills r->defs. */
void radius_compare(struct radius *r);
/* Has this side of a file a definition (not a mere declaration) of this symbol? Its number, or BT_NONE. */
uint32_t radius_find_symbol(const struct bt_facts *f, const char *symbol);

/* The tree around the change. *ret_v NULL: none is known complete. */
int radius_view(struct radius *r, struct bt_view **ret_v);
/* The number of a path among the files of the change, or SIZE_MAX. */
size_t radius_file_at(const struct radius *r, const char *path);
/* The bytes of one side of a file; *ret_text NULL: they cannot be had. They live as long as r. */
int radius_text(struct radius *r, size_t file, bool before, const char **ret_text, size_t *ret_len);

/* A place to be told of. */
struct radius_place {
	const char *rule;
	size_t file;
	uint32_t start, end;		/* in the blob it has now */
	const char *symbol;		/* or NULL */
	const char *key;		/* what tells it from others of the rule and symbol */
	const char *detail;
	bool gone;			/* what it is about is not there: no code is shown, and it may be suppressed anywhere in the file */
};
void radius_add(struct radius *r, const struct radius_place *p);

/* radius/sites.c: who means a definition, without those that the change wrote or wrote anew */
struct radius_site {
	const char *path;
	uint32_t row;
};
struct radius_sites {
	struct radius_site *list;	/* by path and row */
	size_t nr, alloc;
};
void radius_sites_release(struct radius_sites *s);
/*
 * RADIUS_SIGNATURE: calls; else whatever names it. Only places that surely mean it, see radius/sites.c. *ret_known false: it
 * may still be defined, where this program cannot see it.
 */
int radius_find_sites(struct radius *r, const struct radius_def *d, struct radius_sites *out, bool *ret_known);
/* "a.c:12, b.c:7 and 3 more" */
const char *radius_sites_text(struct radius *r, const struct radius_sites *s);

int radius_import_cycles(struct check *k);	/* radius/cycles.c */
/* Does a file include another one, directly or not, or is it that one? False for one that the view does not have. */
int radius_reaches(struct radius *r, const char *path, const char *to, bool *ret_reaches);
int radius_unresolved_imports(struct check *k);	/* radius/unresolved.c */

/* radius/rules.c */
int radius_signatures(struct check *k);
int radius_wide(struct check *k);
int radius_removed(struct check *k);
int radius_must_check(struct check *k);	/* radius/must_check.c */

/*
 * How many definitions (and top levels of files) depend on a definition of a file, directly or not; the walk ends when they
 * are more than `over`. 0 where that cannot be known.
 */
int radius_dependents(struct radius *r, const struct check_file *f, const char *symbol, size_t over,
		      struct bt_impact *im, size_t *ret_nr);
/*
 * For #blast-radius-over?: do more than `over` definitions depend on the one called `symbol` in a file of the check? False
 * when that is not known.
 */
int radius_has_more(struct check *k, const struct check_file *f, const char *symbol, uint32_t over, bool *ret_more);

#endif
