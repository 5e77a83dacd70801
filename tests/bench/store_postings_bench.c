/*
 * Packed postings against SQLite's own tables, on the identifiers of real sources: time to write,
 * size, exact look-ups and searches. docs/decisions/0009-postings.md has the figures.
 *
 *	store_postings_bench SCRATCH_FOLDER SOURCE_FOLDER...
 *
 * A blob is a .c or .h file of at most 1 MiB; its names are its identifiers outside of comments
 * and strings. "Defines" is a guess that is good enough for sizes: what follows #define, struct,
 * union or enum, or starts a line.
 */
#include <ctype.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/map.h"
#include "store/postings.h"
#include "store/sql.h"

#define FLUSH_AT ((size_t)4 << 20)	/* pairs */
#define LOOKUPS 1000

struct pair {
	uint32_t blob, name, kinds;
};

struct corpus {
	struct bt_arena arena;
	struct bt_strmap names;
	struct pair *pairs;
	size_t nr, alloc;
	uint32_t blobs;
	uint64_t bytes;
};

static struct corpus corpus;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "store_postings_bench: %s\n", what);
	exit(1);
}

static void check(int rc, const struct bt_err *err)
{
	if (rc < 0)
		die(err->msg);
}

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* --- reading sources --- */

static bool word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Behind a comment or a string that starts at p, or p. */
static const char *skip_quoted(const char *p, const char *end)
{
	const char *close;
	char quote = *p;

	if (*p == '/' && p + 1 < end && p[1] == '*') {
		close = strstr(p + 2, "*/");
		return close ? close + 2 : end;
	}
	if (*p == '/' && p + 1 < end && p[1] == '/') {
		close = memchr(p, '\n', (size_t)(end - p));
		return close ? close : end;
	}
	if (quote != '"' && quote != '\'')
		return p;
	for (p++; p < end && *p != quote && *p != '\n'; p++)
		p += *p == '\\';
	return p < end ? p + 1 : end;
}

static bool introduces(const char *p, size_t len)
{
	static const char *const words[] = { "define", "struct", "union", "enum" };
	size_t i;

	for (i = 0; i < BT_ARRAY_NR(words); i++)
		if (strlen(words[i]) == len && !memcmp(words[i], p, len))
			return true;
	return false;
}

static void name_seen(struct bt_strmap *here, const char *p, size_t len, bool defines)
{
	struct bt_strmap_entry *e, *name;
	bool new;

	name = bt_strmap_intern(&corpus.names, p, len, bt_strmap_hash(p, len), NULL);
	e = bt_strmap_intern(here, p, len, bt_strmap_hash(p, len), &new);
	if (new) {
		BT_GROW(corpus.pairs, corpus.alloc, corpus.nr + 1);
		e->value = corpus.nr;
		corpus.pairs[corpus.nr++] =
			(struct pair){ corpus.blobs, (uint32_t)(name - corpus.names.entries), 0 };
	}
	corpus.pairs[e->value].kinds |= defines;
}

static void source_read(const char *text, size_t len)
{
	const char *p = text, *end = text + len, *start;
	bool introduced = false;
	struct bt_strmap here;

	bt_strmap_init(&here, NULL);
	corpus.blobs++;
	corpus.bytes += len;
	while (p < end) {
		start = p;
		p = skip_quoted(p, end);
		if (p != start)
			continue;
		while (p < end && word_byte(*p))
			p++;
		if (p == start) {
			p++;
			continue;
		}
		if (isdigit((unsigned char)*start))
			continue;
		if ((size_t)(p - start) <= BT_NAME_LEN_MAX)
			name_seen(&here, start, (size_t)(p - start),
				  introduced || start == text || start[-1] == '\n');
		introduced = introduces(start, (size_t)(p - start));
	}
	bt_strmap_release(&here);
}

static int file_visit(const char *path, const struct stat *st, int type, struct FTW *where)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	const char *end = strrchr(path, '.');

	(void)where;
	if (type != FTW_F || !end || (strcmp(end, ".c") && strcmp(end, ".h")) ||
	    st->st_size > 1 << 20)
		return 0;
	check(bt_file_read(path, 1 << 20, &text, &err), &err);
	source_read(bt_buf_cstr(&text), text.len);
	return 0;
}

/* --- what is asked --- */

static const char *const substrings[] = { "alloc_page", "mutex", "sched_clock", "init_once",
					  "checksum" };
static const char *const prefixes[] = { "get_", "list_add", "str", "free_", "is_" };
static const char *const typos[] = { "kmaloc", "mutex_lokc", "checksmu", "strbuf_ad",
				     "hash_tabel" };

static void report(const char *what, double seconds, double per, const char *unit)
{
	printf("%-34s %9.3f %s\n", what, seconds * per, unit);
}

static void size_report(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		die(path);
	printf("%-34s %9.1f MB, %.4f per source byte\n", "  size", (double)st.st_size / 1e6,
	       (double)st.st_size / (double)corpus.bytes);
}

static const struct bt_strmap_entry *name_pick(unsigned i)
{
	return &corpus.names.entries[bt_mix64(i) % corpus.names.nr];
}

/* --- packed --- */

static int hit_count(void *ctx, const struct bt_name_hit *hit, struct bt_err *err)
{
	(void)hit;
	(void)err;
	++*(size_t *)ctx;
	return 0;
}

static void packed_write(struct bt_store *s)
{
	struct bt_postings *p = bt_postings_new();
	struct bt_err err = BT_ERR_INIT;
	size_t i, from = 0;

	for (i = 0; i < corpus.nr; i++) {
		const struct pair *pair = &corpus.pairs[i];
		const struct bt_strmap_entry *e = &corpus.names.entries[pair->name];

		if (i - from > FLUSH_AT && pair->blob != corpus.pairs[i - 1].blob) {
			check(bt_postings_flush(p, s, &err), &err);
			from = i;
		}
		bt_postings_add(p, pair->blob, e->key, e->len, pair->kinds);
	}
	check(bt_postings_flush(p, s, &err), &err);
	bt_postings_free(&p);
}

static void packed_search(struct bt_store *s, const char *what, enum bt_name_match match,
			  unsigned edits, const char *const *patterns, size_t nr)
{
	struct bt_err err = BT_ERR_INIT;
	double start = cpu_seconds();
	size_t i, hits = 0;

	for (i = 0; i < nr; i++) {
		struct bt_name_query q = { .match = match, .pattern = patterns[i], .edits = edits };

		check(bt_postings_search(s, &q, hit_count, &hits, &err), &err);
	}
	report(what, cpu_seconds() - start, 1e3 / (double)nr, "ms");
}

static void packed_bench(const char *dir)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_store *s = NULL;
	double start;
	char path[4096];
	unsigned i;

	snprintf(path, sizeof(path), "%s/index.db", dir);
	puts("packed");
	check(bt_store_rebuild(dir, 0, &s, &err), &err);
	start = cpu_seconds();
	packed_write(s);
	bt_store_free(&s);
	report("  write, per pair", cpu_seconds() - start, 1e9 / (double)corpus.nr, "ns");
	size_report(path);
	check(bt_store_open(dir, BT_STORE_READ, 0, &s, &err), &err);
	check(bt_store_read_begin(s, &err), &err);
	start = cpu_seconds();
	for (i = 0; i < LOOKUPS; i++) {
		const struct bt_strmap_entry *e = name_pick(i);
		struct bt_posting *list;
		size_t nr;

		check(bt_postings_find(s, e->key, e->len, false, &list, &nr, &err), &err);
		free(list);
	}
	report("  exact name", cpu_seconds() - start, 1e3 / LOOKUPS, "ms");
	packed_search(s, "  prefix", BT_MATCH_PREFIX, 0, prefixes, BT_ARRAY_NR(prefixes));
	packed_search(s, "  substring", BT_MATCH_SUBSTRING, 0, substrings, BT_ARRAY_NR(substrings));
	packed_search(s, "  one edit", BT_MATCH_FUZZY, 1, typos, BT_ARRAY_NR(typos));
	packed_search(s, "  two edits", BT_MATCH_FUZZY, 2, typos, BT_ARRAY_NR(typos));
	bt_store_read_end(s);
	bt_store_free(&s);
}

/* --- rows --- */

static sqlite3 *db;

static void sql(const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL))
		die(sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(const char *text)
{
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(db, text, -1, &q, NULL))
		die(sqlite3_errmsg(db));
	return q;
}

static void name_bind(sqlite3_stmt *q, int at, const struct bt_strmap_entry *e)
{
	sqlite3_bind_text(q, at, e->key, (int)e->len, SQLITE_STATIC);
}

/*
 * Numbers for names, and a row per pair in the order of the key, as kindly to SQLite as one can
 * be.
 */
static void rows_write(void)
{
	sqlite3_stmt *name = prepare("INSERT INTO name VALUES (?1, ?2)");
	sqlite3_stmt *pair = prepare("INSERT INTO pair VALUES (?1, ?2, ?3)");
	size_t i;

	sql("BEGIN");
	for (i = 0; i < corpus.names.nr; i++) {
		sqlite3_bind_int64(name, 1, (int64_t)i);
		name_bind(name, 2, &corpus.names.entries[i]);
		sqlite3_step(name);
		sqlite3_reset(name);
	}
	for (i = 0; i < corpus.nr; i++) {
		sqlite3_bind_int64(pair, 1, corpus.pairs[i].name);
		sqlite3_bind_int64(pair, 2, corpus.pairs[i].blob);
		sqlite3_bind_int64(pair, 3, corpus.pairs[i].kinds);
		sqlite3_step(pair);
		sqlite3_reset(pair);
		if (i % 500000 == 0)
			sql("COMMIT; BEGIN");
	}
	sql("COMMIT");
	sqlite3_finalize(name);
	sqlite3_finalize(pair);
}

static void rows_search(const char *what, const char *text, const char *const *patterns, size_t nr)
{
	sqlite3_stmt *q = prepare(text);
	double start = cpu_seconds();
	size_t i;

	for (i = 0; i < nr; i++) {
		sqlite3_bind_text(q, 1, patterns[i], -1, SQLITE_STATIC);
		while (sqlite3_step(q) == SQLITE_ROW)
			;
		sqlite3_reset(q);
	}
	report(what, cpu_seconds() - start, 1e3 / (double)nr, "ms");
	sqlite3_finalize(q);
}

static const char fts_text[] = "CREATE VIRTUAL TABLE t USING fts5(name, tokenize = 'trigram',"
			       " content = 'name', content_rowid = 'id')";

static void rows_bench(const char *dir)
{
	sqlite3_stmt *q;
	double start;
	char path[4096];
	unsigned i;

	snprintf(path, sizeof(path), "%s/rows.db", dir);
	unlink(path);
	puts("rows");
	if (sqlite3_open(path, &db))
		die(path);
	start = cpu_seconds();
	sql("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
	    "PRAGMA cache_size = -65536;"
	    "CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
	    "CREATE TABLE pair (name INTEGER, blob INTEGER, kinds INTEGER,"
	    " PRIMARY KEY (name, blob)) WITHOUT ROWID;");
	rows_write();
	sqlite3_close(db);
	report("  write, per pair", cpu_seconds() - start, 1e9 / (double)corpus.nr, "ns");
	size_report(path);
	if (sqlite3_open(path, &db))
		die(path);
	q = prepare(
		"SELECT blob, kinds FROM pair WHERE name = (SELECT id FROM name WHERE name = ?1)");
	start = cpu_seconds();
	for (i = 0; i < LOOKUPS; i++) {
		name_bind(q, 1, name_pick(i));
		while (sqlite3_step(q) == SQLITE_ROW)
			;
		sqlite3_reset(q);
	}
	report("  exact name", cpu_seconds() - start, 1e3 / LOOKUPS, "ms");
	sqlite3_finalize(q);
	rows_search("  prefix",
		    "SELECT id FROM name WHERE name >= ?1 AND name < ?1 || char(1114111)", prefixes,
		    BT_ARRAY_NR(prefixes));
	rows_search("  substring", "SELECT id FROM name WHERE instr(name, ?1)", substrings,
		    BT_ARRAY_NR(substrings));
	/* Not in every build of SQLite. */
	if (sqlite3_exec(db, fts_text, NULL, NULL, NULL)) {
		puts("  no FTS5 in this SQLite");
	} else {
		start = cpu_seconds();
		sql("INSERT INTO t (t) VALUES ('rebuild'); PRAGMA wal_checkpoint(TRUNCATE)");
		report("  trigrams of FTS5, per name", cpu_seconds() - start,
		       1e9 / (double)corpus.names.nr, "ns");
		size_report(path);
		rows_search("  substring by FTS5",
			    "SELECT rowid FROM t WHERE name LIKE '%' || ?1 || '%'", substrings,
			    BT_ARRAY_NR(substrings));
	}
	sqlite3_close(db);
	unlink(path);
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 3) {
		fputs("usage: store_postings_bench SCRATCH_FOLDER SOURCE_FOLDER...\n", stderr);
		return 2;
	}
	bt_strmap_init(&corpus.names, &corpus.arena);
	for (i = 2; i < argc; i++)
		if (nftw(argv[i], file_visit, 32, FTW_PHYS))
			die(argv[i]);
	if (!corpus.nr)
		die("no sources there");
	printf("%u blobs, %.1f MB, %zu pairs, %zu names\n", corpus.blobs,
	       (double)corpus.bytes / 1e6, corpus.nr, corpus.names.nr);
	packed_bench(argv[1]);
	rows_bench(argv[1]);
	bt_strmap_release(&corpus.names);
	bt_arena_release(&corpus.arena);
	free(corpus.pairs);
	return 0;
}
