/*
 * Trying and installing. The folder is renamed into its place before the list names it, and the list no longer names it
 * before it goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/sha512.h"
#include "core/grammars/build.h"

static const char *text_file(enum bt_user_text kind)
{
	return kind == BT_USER_DESCRIBED ? "described.lang" : "tags.scm";
}

static const char *keep(struct bt_trial *t, const char *text)
{
	return bt_arena_strndup(&t->arena, text, strlen(text));
}

/* A file name pattern for a word of the user's, or of a package's list, which may be an ending or a whole name. */
static void add_glob(struct bt_buf *out, const char *word, size_t len)
{
	while (len && (*word == '*' || (*word == '.' && !memchr(word + 1, '.', len - 1)))) {
		word++;
		len--;
	}
	if (len)
		bt_buf_addf(out, "glob *.%.*s\n", (int)len, word);
}

/* alias, glob and shebang of a description; true: there was a glob among them. */
static bool add_described(struct bt_buf *out, const char *text)
{
	static const char *const verbs[] = { "alias ", "glob ", "shebang " };
	bool globs = false;

	while (*text) {
		size_t len = strcspn(text, "\n");

		for (size_t i = 0; i < BT_ARRAY_NR(verbs); i++)
			if (!strncmp(text, verbs[i], strlen(verbs[i]))) {
				bt_buf_add(out, text, len);
				bt_buf_addch(out, '\n');
				globs |= i == 1;
			}
		text += len + (text[len] == '\n');
	}
	return globs;
}

static const char *make_header(struct bt_trial *t, const struct bt_source *g, const char *given)
{
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	bool globs;

	bt_buf_addch(&out, '\n');
	globs = g->text_kind == BT_USER_DESCRIBED && add_described(&out, bt_buf_cstr(&g->text));
	while (given && *given) {
		size_t len = strcspn(given, ", ");

		add_glob(&out, given, len);
		given += len + strspn(given + len, ", ");
		globs = true;
	}
	for (size_t i = 0; i < g->extensions_nr && !globs; i++)
		add_glob(&out, g->extensions[i], strlen(g->extensions[i]));
	return keep(t, bt_buf_cstr(&out));
}

static int write_text(struct bt_trial *t, const struct bt_source *g, struct bt_err *err)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", t->folder, text_file(g->text_kind));
	char hex[BT_SHA512_HEX_LEN + 1];
	uint8_t raw[BT_SHA512_LEN];
	struct bt_sha512 h;

	if (!g->text_kind)
		return 0;
	bt_sha512_init(&h);
	bt_sha512_add(&h, bt_buf_cstr(&g->text), g->text.len);
	bt_sha512_end(&h, raw);
	t->entry.text_hash = keep(t, bt_sha512_hex(raw, hex));
	return bt_file_write_atomic(path, bt_buf_cstr(&g->text), g->text.len, 0600, err);
}

static int note_object(struct bt_trial *t, struct bt_err *err)
{
	BT_FREE char *path = bt_xasprintf("%s/grammar.so", t->folder);
	BT_CLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char hex[BT_SHA512_HEX_LEN + 1];
	struct stat st;

	if (fd < 0 || fchmod(fd, 0600) || fstat(fd, &st))
		return bt_err_errno(err, "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > BT_USER_OBJECT_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "the library of '%s' is too large", t->entry.name);
	if (bt_user_hash_fd(fd, hex, err))
		return err->code;
	t->entry.object = keep(t, hex);
	bt_user_grammar_note(&t->entry, &st);
	return 0;
}

static int write_list(const char *path, const struct bt_user_grammars *l, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	bt_user_grammars_format(l, &text);
	if (text.len > BT_USER_LIST_MAX)
		return bt_err_set(err, BT_ERR_LIMIT, "the list of grammars gets too long");
	return bt_file_write_atomic(path, bt_buf_cstr(&text), text.len, 0600, err);
}

int bt_trial_make(const struct bt_stage *s, const struct bt_source *g, const struct bt_cage *cage,
		  const struct bt_trial_opts *o, struct bt_trial *ret_trial, struct bt_err *err)
{
	BT_FREE char *config = bt_xasprintf("%s/try-%s/config/git-batho", s->dir, g->name);
	BT_FREE char *list = bt_xasprintf("%s/grammars", config);
	struct bt_user_grammars one = { .items = &ret_trial->entry, .nr = 1 };
	struct bt_trial *t = ret_trial;

	*t = (struct bt_trial)BT_TRIAL_INIT;
	t->folder = bt_xasprintf("%s/try-%s/data/git-batho/grammars/%s", s->dir, g->name, g->hash);
	t->config = bt_xasprintf("XDG_CONFIG_HOME=%s/try-%s/config", s->dir, g->name);
	t->data = bt_xasprintf("XDG_DATA_HOME=%s/try-%s/data", s->dir, g->name);
	t->entry = (struct bt_user_grammar){ .name = g->name, .symbol = g->symbol, .hash = g->hash, .from = s->from,
					     .path = g->path, .version = g->version, .licence = g->licence,
					     .integrity = s->integrity ? s->integrity : "", .text = g->text_kind, .abi = g->abi,
					     .scanner = g->scanner != NULL, .replaces = o->replaces };
	t->entry.header = o->header ? keep(t, o->header) : make_header(t, g, o->extensions);
	t->entry.given = o->text_given ? (o->extensions || o->header ? "text extensions" : "text")
				       : o->extensions || o->header ? "extensions" : "";
	if (bt_stage_mkdirs(t->folder, err) || bt_stage_mkdirs(config, err) ||
	    bt_grammar_compile(s, g, cage, t->folder, err) || write_text(t, g, err) || note_object(t, err))
		return err->code;
	return write_list(list, &one, err);
}

void bt_trial_release(struct bt_trial *t)
{
	free(t->config);
	free(t->data);
	free(t->folder);
	bt_arena_release(&t->arena);
	*t = (struct bt_trial)BT_TRIAL_INIT;
}

/* ---- the user's list ---- */

/* The list is locked by its folder until *ret_lock is closed. */
static int open_list(struct bt_user_grammars *l, int *ret_lock, struct bt_err *err)
{
	BT_FREE char *folder = NULL;

	bt_user_grammars_read(l, false);
	if (!l->list)
		return bt_err_set(err, BT_ERR_FAIL, "there is no home folder to keep grammars in: HOME is not set");
	folder = bt_xstrndup(l->list, (size_t)(strrchr(l->list, '/') - l->list));
	if (bt_stage_mkdirs(folder, err))
		return err->code;
	*ret_lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_lock < 0 || flock(*ret_lock, LOCK_EX))
		return bt_err_errno(err, "cannot lock folder '%s'", folder);
	bt_user_grammars_release(l);
	bt_user_grammars_read(l, false);
	if (l->trouble)
		return bt_err_set(err, BT_ERR_FAIL, "cannot change the list of grammars '%s': it %s", l->list, l->trouble);
	return 0;
}

static void remove_folder(const struct bt_user_grammars *l, const char *hash)
{
	BT_FREE char *folder = NULL;

	if (!hash || !bt_sha512_is_hex(hash))
		return;
	folder = bt_xasprintf("%s/%s", l->data, hash);
	bt_stage_remove_tree(folder);
}

static struct bt_user_grammar *entry_of(struct bt_user_grammars *l, const char *name)
{
	for (size_t i = 0; i < l->nr; i++)
		if (!strcmp(l->items[i].name, name))
			return &l->items[i];
	return NULL;
}

int bt_grammar_install(struct bt_trial *t, struct bt_err *err)
{
	BT_CLEANUP(bt_user_grammars_release) struct bt_user_grammars l = BT_USER_GRAMMARS_INIT;
	BT_CLOSE int lock = -1;
	BT_FREE char *folder = NULL, *aside = bt_xasprintf("%s.old", t->folder), *old = NULL;
	struct bt_user_grammar *e;

	if (open_list(&l, &lock, err))
		return err->code;
	if (l.nr >= BT_USER_GRAMMARS_MAX && !entry_of(&l, t->entry.name))
		return bt_err_set(err, BT_ERR_LIMIT, "there are %d grammars already", BT_USER_GRAMMARS_MAX);
	folder = bt_xasprintf("%s/%s", l.data, t->entry.hash);
	if (rename(folder, aside) && errno != ENOENT)
		return bt_err_errno(err, "cannot move folder '%s' away", folder);
	if (rename(t->folder, folder))
		return bt_err_errno(err, "cannot make folder '%s'", folder);
	e = entry_of(&l, t->entry.name);
	if (!e) {
		BT_GROW(l.items, l.alloc, l.nr + 1);
		e = &l.items[l.nr++];
	} else if (e->hash && strcmp(e->hash, t->entry.hash)) {
		old = bt_xstrdup(e->hash);
	}
	*e = t->entry;
	if (bt_file_sync_folder(folder, err) || write_list(l.list, &l, err)) {
		if (access(aside, F_OK))	/* else the list that is there names it */
			bt_stage_remove_tree(folder);
		return err->code;
	}
	remove_folder(&l, old);
	return 0;
}

int bt_grammar_remove(const char *name, struct bt_err *err)
{
	BT_CLEANUP(bt_user_grammars_release) struct bt_user_grammars l = BT_USER_GRAMMARS_INIT;
	BT_FREE char *hash = NULL;
	struct bt_user_grammar *e;
	BT_CLOSE int lock = -1;

	if (open_list(&l, &lock, err))
		return err->code;
	e = entry_of(&l, name);
	if (!e)
		return bt_err_set(err, BT_ERR_NOT_FOUND, "no grammar '%s' was added", name);
	hash = e->hash ? bt_xstrdup(e->hash) : NULL;
	memmove(e, e + 1, (size_t)(l.items + l.nr - e - 1) * sizeof(*e));
	l.nr--;
	if (write_list(l.list, &l, err))
		return err->code;
	remove_folder(&l, hash);
	return 0;
}

uint64_t bt_grammar_bytes(const struct bt_user_grammar *g)
{
	static const char *const names[] = { "grammar.so", "tags.scm", "described.lang" };
	uint64_t bytes = 0;

	for (size_t i = 0; i < BT_ARRAY_NR(names) && g->folder; i++) {
		BT_FREE char *path = bt_xasprintf("%s/%s", g->folder, names[i]);
		struct stat st;

		if (!lstat(path, &st))
			bytes += (uint64_t)st.st_size;
	}
	return bytes;
}
