/*
 * One search for those who mean a definition. Between radius/sites.c and radius/means.c.
 */
#ifndef BT_RULES_RADIUS_SEARCH_H
#define BT_RULES_RADIUS_SEARCH_H

#include "core/query/graph.h"
#include "core/rules/radius/imports.h"

/* With more files that define a name none of them is the one. */
#define RADIUS_DEFINERS_MAX 32

/* How names of other files are seen in a language. */
enum radius_family {
	RADIUS_GLOBAL,		/* there is one of each name: C, Ruby, PHP */
	RADIUS_MODULE,		/* imports say from where: Python, JavaScript, Rust */
	RADIUS_PACKAGE,		/* all of the own folder's, others by imports: Go, Java */
};

struct radius_search {
	struct radius *r;
	struct bt_view *v;
	const struct radius_def *d;
	const char *lang, *path;	/* of the definition as it was */
	uint8_t kind;
	enum radius_family family;
	struct bt_edge_stems stems[2];	/* of its path, and of the one that it has now */
	struct radius_other {
		struct bt_edge_stems stems;
		const char *path;
	} others[RADIUS_DEFINERS_MAX];	/* that define the name */
	size_t others_nr;
	bool many;
	bool declared;			/* somewhere a declaration of it is left */
	bool written;			/* the change may define it in a way that is not seen */
	const struct bt_paths *paths;	/* of the resolver, once it was asked */
	bool broke;			/* err is set */
	struct bt_arena scratch;
	struct radius_sites *out;
	struct bt_err *err;
};

/* A file that may mean it. */
struct radius_user {
	const char *path, *lang;
	const struct bt_facts *f;
	const struct check_file *file;	/* of the change; NULL: untouched */
	uint64_t *stems;		/* of its imports, then of what they name */
	size_t stems_nr;
	bool own;			/* it is the file of the definition */
	struct bt_dep_list deps;	/* what its imports mean; resolved on demand */
	bool resolved;
};

static inline bool radius_is_name(const struct radius_search *s, const struct bt_facts *f, uint32_t name)
{
	return bt_name_is(f, name, s->d->name, s->d->name_len);
}

enum radius_family radius_family_of(const char *lang);
/* Does an occurrence of the name mean the definition, for sure? s->broke: an error kept it from knowing. */
bool radius_means(struct radius_search *s, struct radius_user *u, uint32_t occ);

#endif
