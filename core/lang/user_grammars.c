/*
 * Reading and checking. A library is hashed when the list is read only if the file system says that it has changed since it
 * was hashed (its ctime cannot be set); before it is loaded it is hashed in any case (user_load.c).
 */
#include "core/lang/user_grammars.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/base/sha512.h"

#define FIRST_LINE "git-batho grammars 1"

static const char *const text_names[BT_USER_TEXT_NR] = { "", "tags", "described" };
static const char *const text_files[BT_USER_TEXT_NR] = { NULL, "tags.scm", "described.lang" };

/* An absolute path from the environment, or one below the home folder; NULL: neither. */
static char *base_folder(const char *variable, const char *below_home, const char *rest)
{
	const char *base = getenv(variable), *home = getenv("HOME");

	if (base && *base == '/')
		return bt_xasprintf("%s/%s", base, rest);
	return home && *home == '/' ? bt_xasprintf("%s/%s/%s", home, below_home, rest) : NULL;
}

static uint64_t ns_of(struct timespec t)
{
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void bt_user_grammar_note(struct bt_user_grammar *g, const struct stat *st)
{
	g->size = (uint64_t)st->st_size;
	g->mtime_ns = ns_of(st->st_mtim);
	g->ctime_ns = ns_of(st->st_ctim);
	g->inode = (uint64_t)st->st_ino;
}

static bool is_noted(const struct bt_user_grammar *g, const struct stat *st)
{
	return g->size == (uint64_t)st->st_size && g->mtime_ns == ns_of(st->st_mtim) && g->ctime_ns == ns_of(st->st_ctim) &&
	       g->inode == (uint64_t)st->st_ino;
}

/* What is ours alone to change? NULL, or what is wrong with it. */
static const char *stat_trouble(const struct stat *st, bool folder)
{
	if (folder ? !S_ISDIR(st->st_mode) : !S_ISREG(st->st_mode))
		return folder ? "is no folder" : "is no regular file";
	if (st->st_uid != geteuid())
		return "belongs to another user";
	return st->st_mode & (S_IWGRP | S_IWOTH) ? "may be written by others" : NULL;
}

static const char *path_trouble(const char *path, bool folder)
{
	struct stat st;

	if (lstat(path, &st))
		return strerror(errno);
	return stat_trouble(&st, folder);
}

bool bt_user_name_sane(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return len && len <= BT_USER_NAME_MAX && !name[len] && *name != '-' && !strchr("0123456789", *name);
}

/* ---- the list ---- */

static void set_stat(struct bt_user_grammar *g, const char *value)
{
	uint64_t *const to[] = { &g->size, &g->mtime_ns, &g->ctime_ns, &g->inode };
	char *end = (char *)(uintptr_t)value;

	for (size_t i = 0; i < BT_ARRAY_NR(to); i++)
		*to[i] = strtoull(end, &end, 10);
}

static void set_text(struct bt_user_grammar *g, const char *value)
{
	for (int i = 1; i < BT_USER_TEXT_NR; i++) {
		size_t len = strlen(text_names[i]);

		if (strncmp(value, text_names[i], len) || value[len] != ' ')
			continue;
		g->text = (enum bt_user_text)i;
		g->text_hash = value + len + 1;
	}
}

/* alias, glob, shebang: kept as they are, for the table of languages */
static void add_header(struct bt_arena *a, struct bt_user_grammar *g, const char *name, const char *value)
{
	BT_FREE char *more = bt_xasprintf("%s%s %s\n", g->header, name, value);

	g->header = bt_arena_strndup(a, more, strlen(more));
}

static void set_value(struct bt_user_grammars *l, struct bt_user_grammar *g, const char *name, const char *value)
{
	const struct {
		const char *name;
		const char **to;
	} strings[] = {
		{ "symbol", &g->symbol }, { "hash", &g->hash }, { "object", &g->object }, { "from", &g->from },
		{ "path", &g->path }, { "version", &g->version }, { "licence", &g->licence }, { "integrity", &g->integrity },
		{ "given", &g->given },
	};

	for (size_t i = 0; i < BT_ARRAY_NR(strings); i++)
		if (!strcmp(strings[i].name, name))
			*strings[i].to = value;
	if (!strcmp(name, "abi"))
		g->abi = (uint32_t)strtoul(value, NULL, 10);
	else if (!strcmp(name, "scanner"))
		g->scanner = !strcmp(value, "yes");
	else if (!strcmp(name, "replaces"))
		g->replaces = !strcmp(value, "yes");
	else if (!strcmp(name, "stat"))
		set_stat(g, value);
	else if (!strcmp(name, "text"))
		set_text(g, value);
	else if (!strcmp(name, "alias") || !strcmp(name, "glob") || !strcmp(name, "shebang"))
		add_header(&l->arena, g, name, value);
}

/* What it says of itself must be whole before anything is looked at in its name. */
static const char *entry_trouble(const struct bt_user_grammars *l, const struct bt_user_grammar *g)
{
	if (!bt_user_name_sane(g->name) || !g->symbol || strncmp(g->symbol, "tree_sitter_", 12) ||
	    !bt_user_name_sane(g->symbol))
		return "the list names no language or no function";
	if (!g->hash || !bt_sha512_is_hex(g->hash) || !g->object || !bt_sha512_is_hex(g->object))
		return "the list has no hash of it";
	if (g->text && !bt_sha512_is_hex(g->text_hash))
		return "the list has no hash of its description";
	for (const struct bt_user_grammar *o = l->items; o < g; o++)
		if (!strcmp(o->name, g->name))
			return "it is there twice";
	return NULL;
}

static void parse_list(struct bt_user_grammars *l, char *text)
{
	struct bt_user_grammar *g = NULL;
	char *save = NULL, *line = strtok_r(text, "\n", &save);

	if (!line || strcmp(line, FIRST_LINE)) {
		l->trouble = "it was written by another version of git-batho";
		return;
	}
	while ((line = strtok_r(NULL, "\n", &save))) {
		char *value = strchr(line, ' ');

		if (!value)
			continue;
		*value++ = '\0';
		if (strcmp(line, "grammar")) {
			if (g)
				set_value(l, g, line, value);
			continue;
		}
		if (l->nr == BT_USER_GRAMMARS_MAX) {
			l->trouble = "it has too many entries";
			return;
		}
		BT_GROW(l->items, l->alloc, l->nr + 1);
		g = &l->items[l->nr++];
		*g = (struct bt_user_grammar){ .name = value, .from = "", .path = "", .version = "", .licence = "",
					       .integrity = "", .given = "", .header = "\n" };
	}
}

/* The bytes of the list into the arena; NULL: there is none, or *trouble. */
static char *read_list(struct bt_user_grammars *l)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	BT_CLOSE int fd = open(l->list, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct bt_err err = BT_ERR_INIT;
	struct stat st;

	if (fd < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			l->trouble = bt_arena_strndup(&l->arena, strerror(errno), strlen(strerror(errno)));
		return NULL;
	}
	if (fstat(fd, &st)) {
		l->trouble = "it cannot be looked at";
		return NULL;
	}
	l->trouble = stat_trouble(&st, false);
	if (!l->trouble && bt_fd_read_all(fd, BT_USER_LIST_MAX, &text, l->list, &err))
		l->trouble = "it cannot be read, or is too long";
	return l->trouble ? NULL : bt_arena_strndup(&l->arena, bt_buf_cstr(&text), text.len);
}

int bt_user_hash_fd(int fd, char *hex, struct bt_err *err)
{
	BT_FREE char *chunk = bt_xmalloc((size_t)64 << 10);
	uint8_t raw[BT_SHA512_LEN];
	struct bt_sha512 s;
	off_t at = 0;

	bt_sha512_init(&s);
	for (;;) {
		ssize_t n = pread(fd, chunk, (size_t)64 << 10, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return bt_err_errno(err, "cannot read the library of a grammar");
		if (!n)
			break;
		bt_sha512_add(&s, chunk, (size_t)n);
		at += n;
	}
	bt_sha512_end(&s, raw);
	bt_sha512_hex(raw, hex);
	return 0;
}

int bt_user_grammar_open(const struct bt_user_grammar *g, int *ret_fd, struct bt_err *err)
{
	BT_FREE char *path = bt_xasprintf("%s/grammar.so", g->folder);
	const char *trouble = path_trouble(g->folder, true);
	struct stat st;

	if (trouble)
		return bt_err_set(err, BT_ERR_FAIL, "its folder '%s' %s", g->folder, trouble);
	BT_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st))
		return bt_err_errno(err, "cannot open '%s'", path);
	trouble = stat_trouble(&st, false);
	if (trouble)
		return bt_err_set(err, BT_ERR_FAIL, "'%s' %s", path, trouble);
	if ((uint64_t)st.st_size != g->size || (uint64_t)st.st_size > BT_USER_OBJECT_MAX)
		return bt_err_set(err, BT_ERR_FAIL, "'%s' is not what was compiled", path);
	if (!is_noted(g, &st)) {
		char hex[BT_SHA512_HEX_LEN + 1];

		if (bt_user_hash_fd(fd, hex, err))
			return err->code;
		if (strcmp(hex, g->object))
			return bt_err_set(err, BT_ERR_FAIL, "'%s' is not what was compiled", path);
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int bt_user_grammar_text(const struct bt_user_grammar *g, struct bt_buf *out, struct bt_err *err)
{
	char hex[BT_SHA512_HEX_LEN + 1];
	uint8_t raw[BT_SHA512_LEN];
	struct bt_sha512 s;
	size_t from = out->len;

	if (!g->text)
		return 0;
	BT_FREE char *path = bt_xasprintf("%s/%s", g->folder, text_files[g->text]);
	if (bt_file_read(path, BT_USER_TEXT_MAX, out, err))
		return err->code;
	bt_sha512_init(&s);
	bt_sha512_add(&s, bt_buf_cstr(out) + from, out->len - from);
	bt_sha512_end(&s, raw);
	if (strcmp(bt_sha512_hex(raw, hex), g->text_hash) || memchr(bt_buf_cstr(out) + from, '\0', out->len - from))
		return bt_err_set(err, BT_ERR_FAIL, "'%s' is not what was added", path);
	return 0;
}

static void look_at(struct bt_user_grammars *l, struct bt_user_grammar *g)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	BT_CLOSE int fd = -1;

	if (bt_user_grammar_open(g, &fd, &err) || bt_user_grammar_text(g, &text, &err))
		g->trouble = bt_arena_strndup(&l->arena, err.msg, strlen(err.msg));
}

void bt_user_grammars_read(struct bt_user_grammars *l, bool check)
{
	BT_FREE char *list_folder = base_folder("XDG_CONFIG_HOME", ".config", "git-batho");
	char *text;

	*l = (struct bt_user_grammars)BT_USER_GRAMMARS_INIT;
	l->data = base_folder("XDG_DATA_HOME", ".local/share", "git-batho/grammars");
	if (!list_folder || !l->data)
		return;
	l->list = bt_xasprintf("%s/grammars", list_folder);
	text = read_list(l);
	if (!text)
		return;
	l->trouble = path_trouble(list_folder, true);
	if (!l->trouble)
		parse_list(l, text);
	for (size_t i = 0; i < l->nr; i++) {
		struct bt_user_grammar *g = &l->items[i];
		BT_FREE char *folder = NULL;

		g->trouble = l->trouble ? l->trouble : entry_trouble(l, g);
		if (g->trouble)
			continue;
		folder = bt_xasprintf("%s/%s", l->data, g->hash);
		g->folder = bt_arena_strndup(&l->arena, folder, strlen(folder));
		if (check)
			look_at(l, g);
	}
}

void bt_user_grammars_release(struct bt_user_grammars *l)
{
	free(l->items);
	free(l->list);
	free(l->data);
	bt_arena_release(&l->arena);
	*l = (struct bt_user_grammars)BT_USER_GRAMMARS_INIT;
}

const struct bt_user_grammars *bt_user_grammars(void)
{
	/* Like the table of languages, of which they are a part: read once, never changed. */
	static struct bt_user_grammars all;
	static bool ready;

	if (!ready)
		bt_user_grammars_read(&all, true);
	ready = true;
	return &all;
}

const struct bt_user_grammar *bt_user_grammar_find(const struct bt_user_grammars *l, const char *name)
{
	for (size_t i = 0; i < l->nr; i++)
		if (!strcmp(l->items[i].name, name))
			return &l->items[i];
	return NULL;
}

static void put_line(struct bt_buf *out, const char *name, const char *value)
{
	if (value && *value)
		bt_buf_addf(out, "%s %s\n", name, value);
}

void bt_user_grammars_format(const struct bt_user_grammars *l, struct bt_buf *out)
{
	bt_buf_adds(out, FIRST_LINE "\n");
	for (size_t i = 0; i < l->nr; i++) {
		const struct bt_user_grammar *g = &l->items[i];

		bt_buf_addf(out, "\ngrammar %s\n", g->name);
		put_line(out, "symbol", g->symbol);
		put_line(out, "hash", g->hash);
		put_line(out, "object", g->object);
		bt_buf_addf(out, "stat %llu %llu %llu %llu\n", (unsigned long long)g->size, (unsigned long long)g->mtime_ns,
			    (unsigned long long)g->ctime_ns, (unsigned long long)g->inode);
		bt_buf_addf(out, "abi %u\nscanner %s\n", g->abi, g->scanner ? "yes" : "no");
		put_line(out, "from", g->from);
		put_line(out, "path", g->path);
		put_line(out, "version", g->version);
		put_line(out, "licence", g->licence);
		put_line(out, "integrity", g->integrity);
		put_line(out, "given", g->given);
		put_line(out, "replaces", g->replaces ? "yes" : "");
		if (g->text)
			bt_buf_addf(out, "text %s %s\n", text_names[g->text], g->text_hash);
		bt_buf_adds(out, g->header + 1);
	}
}
