/*
 * git batho grammars add and update: fetch, show, ask, compile, try, install. Nothing of a grammar is run before somebody has
 * agreed to that.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/file.h"
#include "core/base/signal.h"
#include "core/base/text.h"
#include "core/grammars/build.h"
#include "core/json/json.h"
#include "core/lang/langs.h"
#include "git-batho/audit.h"
#include "git-batho/grammars/run.h"

#define CONSENT "run"
#define TRY_MS 120000
#define ENDING_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-,"

/* One run of add, or of update for one grammar. */
struct adding {
	struct bt_context *c;
	const struct bt_grammars_opts *o;
	const struct bt_user_grammar *old;	/* of update: what is there; else NULL */
	struct bt_stage stage;
	struct bt_sources *sources;
	struct bt_cage cage;
};

static void adding_release(struct adding *a)
{
	if (a->sources)
		bt_sources_release(a->sources);
	free(a->sources);
	bt_stage_release(&a->stage);
}

/* ---- where it comes from ---- */

static int fetch(struct adding *a, const char *source, struct bt_err *err)
{
	struct stat st;

	if (!stat(source, &st)) {
		if (!S_ISDIR(st.st_mode))
			return bt_stage_tarball(&a->stage, source, a->o->integrity, err);
		if (a->o->integrity)
			return bt_err_set(err, BT_ERR_USAGE, "--integrity is for a tarball, and '%s' is a folder", source);
		return bt_stage_folder(&a->stage, source, err);
	}
	if (*source == '.' || *source == '/' || !bt_stage_is_package(source))
		return bt_err_errno(err, "cannot find grammar '%s'", source);
	if (a->o->integrity)
		return bt_err_set(err, BT_ERR_USAGE, "--integrity is for a tarball; the registry vouches for '%s'", source);
	bt_notice(a->c, "fetching '%s' with npm", source);
	return bt_stage_npm(&a->stage, source, err);
}

static int fetch_again(struct adding *a, const char *from, struct bt_err *err)
{
	const char *what = strchr(from, ' ');

	if (what && !strncmp(from, "npm ", 4)) {
		bt_notice(a->c, "asking npm for '%s'", what + 1);
		return bt_stage_npm(&a->stage, what + 1, err);
	}
	if (what && !strncmp(from, "folder ", 7))
		return bt_stage_folder(&a->stage, what + 1, err);
	if (what && !strncmp(from, "tarball ", 8))
		return bt_stage_tarball(&a->stage, what + 1, NULL, err);
	return bt_err_set(err, BT_ERR_FAIL, "the list does not say where grammar '%s' is from", a->old->name);
}

/* ---- what somebody should see before agreeing ---- */

static void put_text(struct bt_out *out, const char *what, const char *text)
{
	bt_out_textf(out, BT_COLOR_NOTE, "  %s", what);
	bt_out_pad(out, 14);
	bt_out_textf(out, BT_COLOR_NONE, "%s", text);
	bt_out_nl(out);
}

static void put_strings(struct bt_out *out, const char *key, const char *const *items, size_t nr, struct bt_buf *text)
{
	bt_out_array(out, key);
	for (size_t i = 0; i < nr; i++) {
		bt_out_cstr(out, NULL, items[i]);
		bt_buf_addf(text, "%s%s", i ? " " : "", items[i]);
	}
	bt_out_array_end(out);
	if (!nr)
		bt_buf_adds(text, "-");
}

static void put_code(struct bt_out *out, const struct bt_source *g)
{
	BT_FREE char *text = bt_xasprintf("parser.c %" PRIu64 " lines, %s%s%" PRIu64 " lines of other C%s", g->parser_lines,
					  g->scanner ? g->scanner : "no scanner", g->scanner ? " and headers: " : ", ",
					  g->other_lines, g->abi ? "" : ", no ABI");

	put_text(out, "code", text);
}

static const char *text_name(enum bt_user_text kind)
{
	return kind == BT_USER_DESCRIBED ? "a description of the language"
	       : kind == BT_USER_TAGS	 ? "tags.scm"
					 : "nothing: names are found, definitions are not (--tags, --description)";
}

static void put_source(struct adding *a, const struct bt_source *g)
{
	BT_BUF_OWNED struct bt_buf includes = BT_BUF_INIT, extensions = BT_BUF_INIT;
	BT_FREE char *abi = bt_xasprintf("%u", g->abi);
	struct bt_out *out = a->c->out;

	bt_out_record(out, "source");
	bt_out_cstr(out, "name", g->name);
	bt_out_cstr(out, "version", g->version);
	bt_out_cstr(out, "from", a->stage.from);
	bt_out_cstr(out, "licence", g->licence);
	bt_out_cstr(out, "hash", g->hash);
	bt_out_cstr(out, "integrity", a->stage.integrity);
	bt_out_bool(out, "integrity_checked", a->stage.vouched);
	bt_out_uint(out, "abi", g->abi);
	bt_out_uint(out, "parser_lines", g->parser_lines);
	bt_out_uint(out, "other_lines", g->other_lines);
	bt_out_cstr(out, "scanner", g->scanner);
	put_strings(out, "includes", g->includes, g->includes_nr, &includes);
	put_strings(out, "extensions", g->extensions, g->extensions_nr, &extensions);
	bt_out_cstr(out, "facts_from", g->text_kind == BT_USER_DESCRIBED ? "description" : g->text_kind ? "tags" : NULL);
	bt_out_record_end(out);
	bt_out_textf(out, BT_COLOR_NAME, "%s", g->name);
	bt_out_textf(out, BT_COLOR_NONE, " %s", g->version);
	bt_out_nl(out);
	put_text(out, "from", a->stage.from);
	put_text(out, "licence", *g->licence ? g->licence : "none is given");
	put_text(out, "sha512", g->hash);
	if (a->stage.integrity)
		put_text(out, a->stage.vouched ? "integrity" : "unchecked", a->stage.integrity);
	put_text(out, "ABI", abi);
	put_code(out, g);
	put_text(out, "includes", bt_buf_cstr(&includes));
	put_text(out, "files", a->o->extensions ? a->o->extensions : bt_buf_cstr(&extensions));
	put_text(out, "facts from", text_name(g->text_kind));
}

/* 0: yes; 1: no. */
static int ask(const struct adding *a, struct bt_err *err)
{
	char line[32] = "";

	if (a->o->consent)
		return 0;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		bt_err_set(err, BT_ERR_FAIL, "nothing was added: a grammar is code, and nobody has agreed to run it");
		return bt_err_hint(err, "look at the above, then repeat it with --yes-run-code");
	}
	fprintf(stderr, "This is code that will be compiled, and run whenever such files are parsed.\n"
			"Type '" CONSENT "' to agree: ");
	if (!fgets(line, sizeof(line), stdin))
		return bt_canceled() ? bt_err_set(err, BT_ERR_CANCELED, "interrupted") : 1;
	line[strcspn(line, "\n")] = '\0';
	return strcmp(line, CONSENT) != 0;
}

/* ---- trying ---- */

/* The second line of what the child says: {"record":"test",...} */
static int read_answer(struct bt_trial *t, const char *text, struct bt_err *err)
{
	BT_JSON_OWNED struct bt_json *j = NULL;
	const char *line = strchr(text, '\n');
	int64_t abi = 0;

	if (!line || bt_json_parse(line + 1, strcspn(line + 1, "\n"), &j, err) ||
	    bt_json_int(j, "abi", 1, 1000, &abi, err) || !abi)
		return bt_err_set(err, BT_ERR_FAIL, "the grammar '%s' could not be tried", t->entry.name);
	t->entry.abi = (uint32_t)abi;
	return 0;
}

/* A program of its own finds nothing but this grammar, and loads it where all grammars are loaded. */
static int try(struct bt_trial *t, struct bt_err *err)
{
	BT_FREE char *self = NULL;
	const char *const env[] = { t->config, t->data, "BATHO_TRACE", NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, said = BT_BUF_INIT;
	const char *why;
	int status;

	if (bt_file_program_path(&self, err))
		return err->code;
	const char *const argv[] = { self, "grammars", "test", "--json", "--", t->entry.name, NULL };
	struct bt_child_opts o = { .argv = argv, .env = env, .in = BT_CHILD_NULL, .timeout_ms = TRY_MS };
	if (bt_child_run(&o, NULL, 0, &out, &said, &status, err))
		return bt_err_wrap(err, "cannot try the grammar '%s'", t->entry.name);
	if (!status)
		return read_answer(t, bt_buf_cstr(&out), err);
	why = bt_buf_cstr(&said);
	if (!strncmp(why, "git-batho: ", 11))
		why += 11;
	return bt_err_set(err, BT_ERR_FAIL, "not added: %.*s", (int)strcspn(why, "\n"), why);
}

static void put_added(struct adding *a, const struct bt_trial *t)
{
	struct bt_out *out = a->c->out;

	bt_out_record(out, "added");
	bt_out_cstr(out, "name", t->entry.name);
	bt_out_cstr(out, "version", t->entry.version);
	bt_out_cstr(out, "hash", t->entry.hash);
	bt_out_cstr(out, "object", t->entry.object);
	bt_out_uint(out, "abi", t->entry.abi);
	bt_out_uint(out, "bytes", t->entry.size);
	bt_out_bool(out, "sandboxed_build", a->cage.works);
	bt_out_record_end(out);
	bt_out_textf(out, BT_COLOR_GOOD, "%s %s", a->old ? "updated" : "added", t->entry.name);
	bt_out_textf(out, BT_COLOR_NONE, ": ABI %u, a library of %" PRIu64 " bytes", t->entry.abi, t->entry.size);
	bt_out_nl(out);
}

static int build(struct adding *a, const struct bt_source *g, struct bt_err *err)
{
	struct bt_trial_opts o = { .extensions = a->o->extensions, .replaces = a->o->replace,
				   .text_given = a->o->described || a->o->tags };
	BT_CLEANUP(bt_trial_release) struct bt_trial t = BT_TRIAL_INIT;
	struct bt_err ignored = BT_ERR_INIT;

	if (a->old) {
		o.replaces = a->old->replaces;
		o.header = strstr(a->old->given, "extensions") ? a->old->header : NULL;
		o.text_given = strstr(a->old->given, "text") != NULL;
	}
	bt_notice(a->c, "compiling '%s'", g->name);
	if (bt_trial_make(&a->stage, g, &a->cage, &o, &t, err) || try(&t, err) || bt_grammar_install(&t, err))
		return err->code;
	put_added(a, &t);
	if (a->c->conf || !bt_context_repo(a->c, &ignored))
		bt_audit(a->c, a->old ? "grammar update" : "grammar add", "ok", "%s %s %.16s from %s", g->name, g->version, g->hash,
			 a->stage.from);
	return 0;
}

/* Names that are taken; endings that another language has. */
static int check_names(struct adding *a, struct bt_err *err)
{
	for (size_t i = 0; i < a->sources->nr; i++) {
		const struct bt_source *g = &a->sources->items[i];
		bool replaces = a->old ? a->old->replaces : a->o->replace;

		if (bt_lang_is_built_in(g->name) && !replaces) {
			bt_err_set(err, BT_ERR_FAIL, "the language '%s' is built in", g->name);
			return bt_err_hint(err, "--replace lets this grammar stand in for it");
		}
	}
	return 0;
}

static void warn_of_endings(struct adding *a, const struct bt_source *g)
{
	for (size_t i = 0; i < g->extensions_nr && !a->o->extensions; i++) {
		BT_FREE char *name = bt_xasprintf("a.%s", g->extensions[i]);
		const struct bt_lang *lang = NULL;
		const struct bt_detect_class *cls = NULL;

		if (bt_detect_path(name, strlen(name), NULL, &lang, &cls) == BT_DETECT_LANG &&
		    strcmp(lang->name, g->name))
			bt_notice(a->c, "files that end in .%s stay %s's", g->extensions[i], lang->name);
	}
	if (!g->extensions_nr && !a->o->extensions && g->text_kind != BT_USER_DESCRIBED && !a->old)
		bt_notice(a->c, "no ending of files is known for '%s': give some with --extensions, or name it in .gitattributes",
			  g->name);
}

/* Shows, asks, builds all there is in the stage. */
static int go_on(struct adding *a, struct bt_err *err)
{
	int rc;

	for (size_t i = 0; i < a->sources->nr; i++)
		put_source(a, &a->sources->items[i]);
	bt_cage_look(&a->cage);
	if (!a->cage.works)
		bt_notice(a->c, "the compiler will not be locked in: %s", a->cage.why_not);
	for (size_t i = 0; i < a->sources->nr; i++)
		warn_of_endings(a, &a->sources->items[i]);
	if (bt_out_flush(a->c->out, err))
		return err->code;
	rc = ask(a, err);
	for (size_t i = 0; i < a->sources->nr && !rc; i++)
		rc = build(a, &a->sources->items[i], err);
	return rc;
}

static int open_stage(struct adding *a, struct bt_err *err)
{
	const struct bt_user_grammars *users = bt_user_grammars();

	if (!users->data)
		return bt_err_set(err, BT_ERR_FAIL, "there is no home folder to keep grammars in: HOME is not set");
	if (users->trouble)
		return bt_err_set(err, BT_ERR_FAIL, "the list of grammars '%s' is not used: it %s", users->list, users->trouble);
	a->sources = bt_xcalloc(1, sizeof(*a->sources));
	return bt_stage_open(users->data, &a->stage, err);
}

int bt_grammars_add(struct bt_context *c, const struct bt_grammars_opts *o, const char *source, struct bt_err *err)
{
	BT_CLEANUP(adding_release) struct adding a = { .c = c, .o = o };
	struct bt_source_texts texts = { .described = o->described, .tags = o->tags };

	if (o->extensions && o->extensions[strspn(o->extensions, ENDING_CHARS)]) {
		bt_err_set(err, BT_ERR_USAGE, "'%s' are no endings of files", o->extensions);
		return bt_err_hint(err, "such as --extensions=ml,mli");
	}
	if (o->described && o->tags)
		return bt_err_set(err, BT_ERR_USAGE, "--description and --tags exclude each other");
	if (open_stage(&a, err) || fetch(&a, source, err))
		return err->code;
	if (bt_sources_find(&a.stage, o->grammar, &texts, a.sources, err))
		return bt_err_wrap(err, "cannot add '%s'", source);
	if (o->extensions && a.sources->nr > 1) {
		bt_err_set(err, BT_ERR_USAGE, "--extensions is for one grammar, and there are %zu in '%s'", a.sources->nr, source);
		return bt_err_hint(err, "say which one with --grammar");
	}
	return check_names(&a, err) ? err->code : go_on(&a, err);
}

/* One that was added: is there anything newer where it is from? */
static int update_one(struct bt_context *c, const struct bt_grammars_opts *o, const struct bt_user_grammar *g, struct bt_err *err)
{
	BT_CLEANUP(adding_release) struct adding a = { .c = c, .o = o, .old = g };
	struct bt_source_texts texts = { .kept = strstr(g->given, "text") ? g : NULL };
	const struct bt_source *now;

	if (open_stage(&a, err) || fetch_again(&a, g->from, err))
		return err->code;
	if (bt_sources_find(&a.stage, g->name, &texts, a.sources, err))
		return bt_err_wrap(err, "cannot update '%s'", g->name);
	now = &a.sources->items[0];
	if (strcmp(now->hash, g->hash) || g->trouble)
		return go_on(&a, err);
	bt_out_record(c->out, "current");
	bt_out_cstr(c->out, "name", g->name);
	bt_out_cstr(c->out, "version", g->version);
	bt_out_cstr(c->out, "hash", g->hash);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "%s is what %s has", g->name, g->from);
	bt_out_nl(c->out);
	return 0;
}

int bt_grammars_update(struct bt_context *c, const struct bt_grammars_opts *o, const char *language, struct bt_err *err)
{
	const struct bt_user_grammars *users = bt_user_grammars();
	int rc = 0;

	if (users->trouble)
		return bt_err_set(err, BT_ERR_FAIL, "the list of grammars '%s' is not used: it %s", users->list, users->trouble);
	if (language && !bt_user_grammar_find(users, language)) {
		bt_err_set(err, BT_ERR_NOT_FOUND, "no grammar '%s' was added", language);
		return bt_err_hint(err, "`git batho grammars list --user` shows them");
	}
	for (size_t i = 0; i < users->nr && rc >= 0; i++) {
		int one = 0;

		if (!language || !strcmp(users->items[i].name, language))
			one = update_one(c, o, &users->items[i], err);
		rc = one ? one : rc;
	}
	return users->nr ? rc : 1;
}
