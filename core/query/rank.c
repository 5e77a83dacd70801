/*
 * Ranks: the names that blobs share as one bipartite graph, and some rounds over it.
 */
#include "core/query/rank.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/signal.h"
#include "core/index/selection.h"
#include "core/query/paths.h"
#include "core/query/resolve.h"
#include "core/query/test_path.h"
#include "store/postings.h"

/* After so many rounds the order of the first thousand names no longer moves. */
#define ROUNDS 8
/*
 * What is passed on. With more of it rank gathers where everything ends, in the most basic types; with less
 * it is little more than a count of users.
 */
#define DAMPING 0.4
/* No file passes on more than so many times the average: what only a hub uses is not central itself. */
#define HUB_MAX 8
/* A name that more blobs define says nothing about which of them is meant. */
#define DEFINERS_MAX 24
/* Rank of tests, examples, generated and vendored files that are not in focus, against that of others. */
#define MINOR 0.05

/* The worth of a definition that nobody uses, against that of its file. */
#define UNUSED 1e-6
#define SCORE_UNIT 1e-15
/* In larger repositories there is always more to show than what C has in its source files alone. */
#define SMALL 4096

/* Kinds of definitions that an outline is made of. */
#define WANTED_KINDS                                                                                  \
	(1u << BT_KIND_FUNCTION | 1u << BT_KIND_METHOD | 1u << BT_KIND_CLASS | 1u << BT_KIND_STRUCT | \
	 1u << BT_KIND_UNION | 1u << BT_KIND_ENUM | 1u << BT_KIND_INTERFACE | 1u << BT_KIND_TRAIT |   \
	 1u << BT_KIND_TYPE | 1u << BT_KIND_MACRO | 1u << BT_KIND_CONSTANT)

struct node { /* a blob of the view */
	uint32_t blob;
	const char *path; /* of the first file that shows it */
	uint32_t path_len;
	/*
	 * Who can mean what it defines: files below this folder (the first scope_len bytes of path);
	 * SCOPE_NONE: nobody else.
	 */
	uint32_t scope_len;
	uint8_t group; /* languages that share names have the same */
	bool minor;
	float base; /* where rank starts from; of all nodes 1 */
	double rank, next;
	double out;    /* weight of all names it uses */
	double share;  /* of its rank, for a name of weight 1 */
	uint32_t defs; /* names it defines */
};

#define SCOPE_NONE UINT32_MAX

struct name {		  /* with one of those that define it */
	size_t text, len; /* in texts */
	uint32_t node;
	uint32_t first, users; /* pairs: nodes that use it */
	float weight;
	double flow;
};

struct ranks {
	struct bt_view *v;
	const struct bt_rank_opts *o;
	struct bt_arena arena; /* paths */
	struct node *nodes;
	uint32_t nodes_nr;
	uint32_t *by_blob; /* id -> node + 1; 0: not of the view, or data */
	uint32_t by_blob_nr;
	struct name *names;
	size_t names_nr, names_alloc;
	uint32_t *pairs; /* nodes */
	size_t pairs_nr, pairs_alloc;
	struct user { /* of the name at hand */
		uint32_t node;
		uint32_t best; /* the longest scope of a definition that it is in, + 1; 0: in none */
	} * users;
	size_t users_nr, users_alloc;
	struct bt_buf texts;
	const char *groups[UINT8_MAX]; /* a language of each */
	uint8_t groups_nr;
	size_t focused;
};

static void ranks_release(struct ranks *r)
{
	free(r->nodes);
	free(r->by_blob);
	free(r->names);
	free(r->pairs);
	free(r->users);
	bt_arena_release(&r->arena);
	bt_buf_release(&r->texts);
}

void bt_rank_release(struct bt_rank *r)
{
	bt_arena_release(&r->arena);
	memset(r, 0, sizeof(*r));
}

/* --- nodes --- */

static bool is_data(const char *lang)
{
	static const char *const names[] = { "json", "yaml", "toml", "markdown", "html", "css" };

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
		if (!strcmp(names[i], lang))
			return true;
	return false;
}

/* Folders of what was written elsewhere, or is not what the project is about. */
static bool is_aside(const char *path)
{
	static const char *const names[] = {
		"deps",	    "third_party", "third-party",  "thirdparty", "vendor", "vendored",
		"external", "extern",	   "node_modules", "doc",	 "docs",   "Documentation",
		"example",  "examples",	   "sample",	   "samples",	 "demo",
	};
	const char *slash;

	for (; (slash = strchr(path, '/')); path = slash + 1)
		for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
			if (strlen(names[i]) == (size_t)(slash - path) &&
			    !memcmp(path, names[i], (size_t)(slash - path)))
				return true;
	return false;
}

static bool in_focus(const struct bt_rank_opts *o, const char *path, size_t len)
{
	for (size_t i = 0; i < o->focus_nr; i++)
		if (bt_path_below(path, len, o->focus[i], strlen(o->focus[i])))
			return true;
	return false;
}

/* The folder that an include folder is in, or the folder itself. */
static uint32_t header_scope(const char *path, size_t len)
{
	size_t dir = bt_path_dir_len(path, len);

	for (size_t at = dir; at; at = bt_path_dir_len(path, at)) {
		size_t up = bt_path_dir_len(path, at), name = up ? up + 1 : 0;

		if ((at - name == 7 && !memcmp(path + name, "include", 7)) ||
		    (at - name == 3 && !memcmp(path + name, "inc", 3)))
			return (uint32_t)up;
	}
	return (uint32_t)dir;
}

/*
 * In C and C++ what only a source file has is its own, and a header is seen by what stands around it.
 * Elsewhere everything can be imported by everyone.
 */
static uint32_t scope_of(const char *lang, const char *path, size_t len)
{
	const char *dot = strrchr(path, '.');

	if (strcmp(lang, "c") && strcmp(lang, "cpp"))
		return 0;
	return dot && strchr("hH", dot[1]) ? header_scope(path, len) : SCOPE_NONE;
}

static uint8_t group_of(struct ranks *r, const char *lang)
{
	uint8_t i = 0;

	while (i < r->groups_nr && r->groups[i] != lang && !bt_langs_share_names(r->groups[i], lang))
		i++;
	if (i == r->groups_nr && i < UINT8_MAX)
		r->groups[r->groups_nr++] = lang;
	return i;
}

static int add_node(struct ranks *r, uint32_t file, struct bt_buf *path, struct bt_err *err)
{
	struct bt_manifest_file f = bt_manifest_file_get(&r->v->manifest, file);
	const char *lang;
	struct node *n;
	bool focus;

	if (f.state != BT_BLOB_FACTS)
		return 0;
	if (bt_view_lang(r->v, f.lang, &lang, err))
		return err->code;
	if (is_data(lang))
		return 0;
	bt_buf_clear(path);
	if (bt_manifest_path(&r->v->manifest, file, path, err))
		return err->code;
	focus = in_focus(r->o, bt_buf_cstr(path), path->len);
	r->focused += focus;
	if (f.blob < r->by_blob_nr && r->by_blob[f.blob]) {
		n = &r->nodes[r->by_blob[f.blob] - 1];
	} else {
		if (f.blob >= r->by_blob_nr) {
			size_t nr = f.blob + (size_t)f.blob / 2 + 1024;

			r->by_blob = bt_xrealloc(r->by_blob, nr * sizeof(*r->by_blob));
			memset(r->by_blob + r->by_blob_nr, 0, (nr - r->by_blob_nr) * sizeof(*r->by_blob));
			r->by_blob_nr = (uint32_t)nr;
		}
		n = &r->nodes[r->nodes_nr++];
		*n = (struct node){ .blob = f.blob, .minor = true, .path_len = (uint32_t)path->len };
		n->path = bt_arena_strndup(&r->arena, bt_buf_cstr(path), path->len);
		n->scope_len = scope_of(lang, n->path, path->len);
		n->group = group_of(r, lang);
		r->by_blob[f.blob] = r->nodes_nr;
	}
	n->minor &= !focus && (f.flags & (BT_FILE_GENERATED | BT_FILE_VENDORED) ||
			       is_aside(bt_buf_cstr(path)) || bt_path_is_test(bt_buf_cstr(path)));
	n->base = focus ? 1 : r->o->focus_nr ? 0 : n->minor ? (float)MINOR : 1;
	return 0;
}

static int read_nodes(struct ranks *r, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;
	double total = 0;

	r->nodes = bt_xmalloc((r->v->manifest.nr + (size_t)1) * sizeof(*r->nodes));
	for (uint32_t i = 0; i < r->v->manifest.nr; i++)
		if (add_node(r, i, &path, err))
			return err->code;
	for (uint32_t i = 0; i < r->nodes_nr; i++)
		total += r->nodes[i].base;
	for (uint32_t i = 0; i < r->nodes_nr && total > 0; i++) {
		r->nodes[i].base /= (float)total;
		r->nodes[i].rank = r->nodes[i].base;
	}
	return 0;
}

/* --- names --- */

static uint32_t node_of(const struct ranks *r, uint32_t blob)
{
	return blob < r->by_blob_nr ? r->by_blob[blob] : 0;
}

/* The logarithm to base 2, straight between powers: that is near enough, and the same on every machine. */
static double log2_near(double x)
{
	double n = 0;

	for (; x >= 2; x /= 2)
		n++;
	return n + x - 1;
}

/* How much a name says: rare ones more, and those that no one would choose for a local variable. */
static float weigh(const struct ranks *r, const char *name, size_t len, uint32_t users)
{
	double rare = log2_near(2.0 + (double)r->nodes_nr / (users + 1));
	bool told = memchr(name, '_', len) != NULL;

	for (size_t i = 1; i < len && !told; i++)
		told = name[i] >= 'A' && name[i] <= 'Z';
	if (!told)
		rare *= len < 4 ? 0.05 : len < 8 ? 0.25 : 0.6;
	if (name[0] == '_')
		rare *= 0.2;
	return (float)rare;
}

/* What everyone knows and nobody looks up, wherever a repository has its own. */
static bool is_common(const char *name, size_t len)
{
	static const char *const names[] = {
		"NULL",	       "FILE",	    "bool",	"true",	    "false",	"size_t",	 "ssize_t",
		"off_t",       "mode_t",    "wchar_t",	"int8_t",   "int16_t",	"int32_t",	 "int64_t",
		"uint8_t",     "uint16_t",  "uint32_t", "uint64_t", "intptr_t", "uintptr_t",	 "intmax_t",
		"uintmax_t",   "ptrdiff_t", "SIZE_MAX", "INT_MAX",  "UINT_MAX", "INT64_MAX",	 "UINT64_MAX",
		"UINTPTR_MAX", "malloc",    "calloc",	"realloc",  "free",	"exit",		 "abort",
		"assert",      "printf",    "fprintf",	"memcpy",   "memset",	"memcmp",	 "strlen",
		"strcmp",      "errno",	    "inline",	"offsetof", "va_list",	"static_assert", "noreturn",
		"toString",    "equals",    "hashCode", "__init__", "main",	"min",		 "max",
		"unlikely",    "likely",
	};

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
		if (names[i][0] == name[0] && strlen(names[i]) == len && !memcmp(names[i], name, len))
			return true;
	return false;
}

/* Methods and constants often share their names with what has nothing to do with them. */
static float weight_of_kinds(uint32_t kinds)
{
	const uint32_t loose = 1u << BT_KIND_METHOD | 1u << BT_KIND_CONSTANT;

	if (kinds & WANTED_KINDS & ~loose & ~(1u << BT_KIND_MACRO))
		return 1;
	return kinds & (1u << BT_KIND_MACRO) ? 0.7F : 0.3F;
}

static bool is_in_scope(const struct node *definer, const struct node *user)
{
	return definer->scope_len != SCOPE_NONE && definer->group == user->group &&
	       bt_path_below(user->path, user->path_len, definer->path, definer->scope_len);
}

/* The users of a name in the view, each with the nearest scope it is in. */
static void find_users(struct ranks *r, const struct bt_posting *list, size_t nr, const uint32_t *definers,
		       uint32_t definers_nr)
{
	r->users_nr = 0;
	for (size_t i = 0; i < nr; i++) {
		uint32_t node = node_of(r, list[i].blob_id), best = 0;

		if (!node || list[i].kinds)
			continue;
		for (uint32_t k = 0; k < definers_nr; k++) {
			const struct node *d = &r->nodes[definers[k]];

			if (d->scope_len != SCOPE_NONE && d->scope_len >= best &&
			    is_in_scope(d, &r->nodes[node - 1]))
				best = d->scope_len + 1;
		}
		if (!best)
			continue;
		BT_GROW(r->users, r->users_alloc, r->users_nr + 1);
		r->users[r->users_nr++] = (struct user){ node - 1, best };
	}
}

/* A name with one of its definers: those users that are nearest to it. part: of its weight. */
static void add_name(struct ranks *r, size_t text, size_t len, uint32_t definer, float part)
{
	struct node *d = &r->nodes[definer];
	struct name n = { .text = text, .len = len, .node = definer, .first = (uint32_t)r->pairs_nr };

	for (size_t i = 0; i < r->users_nr; i++) {
		const struct user *u = &r->users[i];

		if (d->scope_len == SCOPE_NONE || u->best != d->scope_len + 1 ||
		    !is_in_scope(d, &r->nodes[u->node]))
			continue;
		BT_GROW(r->pairs, r->pairs_alloc, r->pairs_nr + 1);
		r->pairs[r->pairs_nr++] = u->node;
		n.users++;
	}
	n.weight = weigh(r, r->texts.data + text, len, n.users) * part;
	d->defs++;
	for (uint32_t i = 0; i < n.users; i++)
		r->nodes[r->pairs[n.first + i]].out += n.weight;
	BT_GROW(r->names, r->names_alloc, r->names_nr + 1);
	r->names[r->names_nr++] = n;
}

/* In the order of paths, as nodes are: postings come in the order in which blobs were first seen. */
static void sort_definers(uint32_t *definers, float *parts, uint32_t nr)
{
	for (uint32_t i = 1; i < nr; i++)
		for (uint32_t k = i; k && definers[k - 1] > definers[k]; k--) {
			uint32_t d = definers[k];
			float p = parts[k];

			definers[k] = definers[k - 1];
			parts[k] = parts[k - 1];
			definers[k - 1] = d;
			parts[k - 1] = p;
		}
}

static int take_name(void *ctx, const char *name, size_t len, const struct bt_posting *list, size_t nr,
		     struct bt_err *err)
{
	struct ranks *r = ctx;
	uint32_t definers[DEFINERS_MAX], definers_nr = 0;
	float parts[DEFINERS_MAX];
	size_t text = r->texts.len;

	if (is_common(name, len))
		return 0;
	for (size_t i = 0; i < nr; i++) {
		uint32_t node = node_of(r, list[i].blob_id);

		if (!node || !(list[i].kinds & WANTED_KINDS) || r->nodes[node - 1].minor ||
		    (r->nodes[node - 1].scope_len == SCOPE_NONE && r->nodes_nr > SMALL))
			continue;
		if (definers_nr == DEFINERS_MAX)
			return 0;
		parts[definers_nr] = weight_of_kinds(list[i].kinds);
		definers[definers_nr++] = node - 1;
	}
	if (!definers_nr || r->pairs_nr > UINT32_MAX - nr * definers_nr)
		return 0;
	sort_definers(definers, parts, definers_nr);
	find_users(r, list, nr, definers, definers_nr);
	bt_buf_add(&r->texts, name, len);
	for (uint32_t k = 0; k < definers_nr; k++)
		add_name(r, text, len, definers[k], parts[k] / (float)definers_nr);
	return bt_buf_check(&r->texts, "names", err);
}

/* --- rounds --- */

/* A file that uses less than the mean does not give all it has. */
static void flow_once(struct ranks *r, double mean)
{
	double left = 1, most = HUB_MAX / ((double)r->nodes_nr + 1);

	for (uint32_t i = 0; i < r->nodes_nr; i++) {
		struct node *n = &r->nodes[i];
		double gives = r->o->focus_nr || n->rank < most ? n->rank : most;

		n->next = 0;
		n->share = n->out > 0 ? gives / (n->out > mean ? n->out : mean) : 0;
		left -= n->share * n->out;
	}
	for (size_t k = 0; k < r->names_nr; k++) {
		struct name *n = &r->names[k];
		double flow = 0;

		for (uint32_t i = n->first; i < n->first + n->users; i++)
			flow += r->nodes[r->pairs[i]].share;
		n->flow = flow * n->weight;
		r->nodes[n->node].next += n->flow;
	}
	/* what nobody took goes back to where rank comes from */
	for (uint32_t i = 0; i < r->nodes_nr; i++) {
		struct node *n = &r->nodes[i];

		n->rank = DAMPING * n->next + (1 - DAMPING + DAMPING * left) * n->base;
	}
}

/* --- the best --- */

static double score(const struct ranks *r, const struct name *n)
{
	const struct node *d = &r->nodes[n->node];

	/* what stands in focus counts itself, used or not; elsewhere only where there is room left */
	return DAMPING * n->flow + (r->o->focus_nr ? 1 - DAMPING : UNUSED) * d->base / d->defs;
}

struct scored {
	uint64_t score; /* in SCORE_UNIT: the order of additions must not show */
	size_t name;
};

static int scored_cmp(const void *pa, const void *pb)
{
	const struct scored *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return (a->name > b->name) - (a->name < b->name);
}

/* The heap's first is its worst. */
static void heap_sink(struct scored *heap, size_t nr)
{
	for (size_t at = 0;;) {
		size_t child = 2 * at + 1;
		struct scored moved = heap[at];

		if (child >= nr)
			return;
		if (child + 1 < nr && scored_cmp(&heap[child + 1], &heap[child]) > 0)
			child++;
		if (scored_cmp(&heap[child], &moved) <= 0)
			return;
		heap[at] = heap[child];
		heap[child] = moved;
		at = child;
	}
}

static size_t pick_best(const struct ranks *r, struct scored *heap, double *ret_total)
{
	size_t nr = 0;

	*ret_total = 0;
	for (size_t k = 0; k < r->names_nr; k++) {
		struct scored s = { (uint64_t)(score(r, &r->names[k]) / SCORE_UNIT), k };

		*ret_total += (double)s.score;
		if (nr < r->o->max) {
			heap[nr++] = s;
			if (nr == r->o->max) /* sorted worst first is a heap */
				qsort(heap, nr, sizeof(*heap), scored_cmp);
			for (size_t i = 0; nr == r->o->max && i < nr / 2; i++) {
				struct scored t = heap[i];

				heap[i] = heap[nr - 1 - i];
				heap[nr - 1 - i] = t;
			}
		} else if (nr && scored_cmp(&s, &heap[0]) < 0) {
			heap[0] = s;
			heap_sink(heap, nr);
		}
	}
	if (nr)
		qsort(heap, nr, sizeof(*heap), scored_cmp);
	return nr;
}

static void give(const struct ranks *r, struct bt_rank *out)
{
	BT_FREE struct scored *heap = bt_xmalloc((r->o->max + 1) * sizeof(*heap));
	double total;
	size_t nr = pick_best(r, heap, &total);

	out->list = bt_arena_zalloc(&out->arena, (nr + 1) * sizeof(*out->list));
	for (; out->nr < nr; out->nr++) {
		const struct name *n = &r->names[heap[out->nr].name];
		struct bt_ranked *to = &out->list[out->nr];

		to->name = bt_arena_strndup(&out->arena, r->texts.data + n->text, n->len);
		to->len = (uint32_t)n->len;
		to->score = total > 0 ? (double)heap[out->nr].score / total : 0;
		to->blob = r->nodes[n->node].blob;
	}
	out->focused = r->focused;
}

int bt_rank_names(struct bt_view *v, const struct bt_rank_opts *o, struct bt_rank *ret_r, struct bt_err *err)
{
	BT_CLEANUP(ranks_release) struct ranks r = { .v = v, .o = o };
	double mean = 0;

	if (read_nodes(&r, err) || bt_postings_each(v->store, take_name, &r, err))
		return err->code;
	for (uint32_t i = 0; i < r.nodes_nr; i++)
		mean += r.nodes[i].out / r.nodes_nr;
	for (int i = 0; i < ROUNDS; i++) {
		if (bt_cancel_check(err))
			return err->code;
		flow_once(&r, mean);
	}
	give(&r, ret_r);
	return 0;
}
