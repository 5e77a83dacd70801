/*
 * git batho config validate: everything that is wrong, in everything that is in force or in one file.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/base/file.h"
#include "git-batho/config/config.h"
#include "hooks/message.h"

/* A file that is larger is no configuration, whoever's it is. */
#define FILE_LEN_MAX ((size_t)1 << 20)

/* What was looked at. */
struct looked {
	struct config_problems problems;
	struct bt_buf places;		/* for people: "git's configuration, the environment" */
	uint64_t seen[3];		/* hashes of policies: what is the same is looked at once */
	size_t seen_nr;
};

static void looked_release(struct looked *l)
{
	config_problems_release(&l->problems);
	bt_buf_release(&l->places);
}

static void add_place(struct looked *l, const char *place)
{
	bt_buf_addf(&l->places, "%s%s", l->places.len ? ", " : "", place);
}

static void add_error(struct looked *l, const struct bt_err *err)
{
	struct bt_conf_problem p = { .msg = err->msg, .what = err->msg, .hint = err->hint };

	config_problem_add(&l->problems, &p);
}

/* git stops at the first line that it does not understand: "bad config line 3 in file .git/config" */
static bool add_syntax_error(struct looked *l, const struct bt_err *err)
{
	static const char mark[] = "bad config line ", between[] = " in file ";
	const char *at = strstr(err->msg, mark), *file = at ? strstr(at, between) : NULL;
	struct bt_conf_problem p = { .msg = err->msg, .what = "git does not understand this line", .hint = "" };

	if (!file)
		return false;
	p.line = (unsigned)strtoul(at + strlen(mark), NULL, 10);
	p.file = file + strlen(between);
	config_problem_add(&l->problems, &p);
	return true;
}

/* --- the tracked settings of the files, the index and HEAD --- */

static uint64_t hash_policy(const struct bt_policy *p)
{
	uint64_t h = bt_hash64(p->config ? p->config : "", p->config_len, p->config != NULL);

	for (size_t i = 0; i < p->rules_nr; i++) {
		h = bt_hash64(p->rules[i].id, strlen(p->rules[i].id), h);
		h = bt_hash64(p->rules[i].text, p->rules[i].len, h);
	}
	return h;
}

static bool is_seen(struct looked *l, uint64_t hash)
{
	for (size_t i = 0; i < l->seen_nr; i++)
		if (l->seen[i] == hash)
			return true;
	l->seen[l->seen_nr++] = hash;
	return false;
}

/* What is wrong with a value that the table takes for text: the problem says where it stands. */
static void place_problem(struct bt_context *c, const char *key, struct bt_conf_problem *p)
{
	struct bt_conf_source *sources;
	size_t nr;

	bt_conf_sources(c->conf, key, &sources, &nr);
	for (size_t i = 0; i < nr; i++) {
		if (!sources[i].counts)
			continue;
		p->key = sources[i].name;
		p->value = sources[i].value;
		p->file = sources[i].file;
		p->line = sources[i].line;
	}
	free(sources);
}

/* Only the rules know the packs, and the hooks what they make of a pattern. */
static void check_texts(struct bt_context *c, struct looked *l, size_t from)
{
	static const char packs[] = "rules.packs", ticket[] = "hooks.commit-msg.ticketPattern";
	const char *pattern = bt_conf_get(c->conf, BT_KEY_HOOKS_TICKET_PATTERN)->text;
	struct bt_conf_problem p = { .hint = "", .expected = "a POSIX extended regular expression" };
	struct bt_err err = BT_ERR_INIT;

	for (size_t i = from; i < l->problems.nr; i++)
		if (!l->problems.items[i].file && !strncmp(l->problems.items[i].msg, "'rules.packs' ", 14))
			place_problem(c, packs, &l->problems.items[i]);
	if (!pattern || !bt_message_pattern_check(pattern, &err))
		return;
	p.msg = p.what = err.msg;
	place_problem(c, ticket, &p);
	config_problem_add(&l->problems, &p);
}

static void look_at_policy(struct bt_context *c, const struct bt_policy_source *source, struct looked *l)
{
	BT_CLEANUP(bt_policy_release) struct bt_policy policy = BT_POLICY_INIT;
	BT_CLEANUP(bt_ruleset_release) struct bt_ruleset set = BT_RULESET_INIT;
	struct bt_err err = BT_ERR_INIT;
	size_t from = l->problems.nr;

	if (source->from == BT_POLICY_NONE)
		return;
	if (bt_policy_read(&c->repo, source, NULL, 0, &policy, &err)) {
		add_error(l, &err);
		return;
	}
	if (is_seen(l, hash_policy(&policy)))
		return;
	if (policy.config || policy.rules_nr)
		add_place(l, policy.config_where);
	if (bt_policy_apply(&policy, c->conf, true, &set, &err))
		add_error(l, &err);
	check_texts(c, l, from);
}

static void look_at_policies(struct bt_context *c, struct looked *l)
{
	static const struct config_opts files, staged = { .staged = true };
	static const struct config_opts *const froms[] = { &files, &staged };
	struct bt_rev rev = { .spec = "HEAD", .optional = true };
	struct bt_policy_source tree = { .from = BT_POLICY_TREE, .name = "HEAD", .tree = &rev.tree };
	struct bt_err err = BT_ERR_INIT;

	for (size_t i = 0; i < BT_ARRAY_NR(froms) && c->repo.top; i++) {
		struct bt_policy_source source;
		struct bt_rev ignored;

		if (!config_source(c, froms[i], &ignored, &source, &err))
			look_at_policy(c, &source, l);
	}
	if (!bt_repo_resolve(&c->repo, &rev, 1, &err) && rev.found)
		look_at_policy(c, &tree, l);
}

static int look_at_all(struct bt_context *c, struct looked *l, struct bt_err *err)
{
	struct bt_err wrong = BT_ERR_INIT;

	add_place(l, "git's configuration");
	add_place(l, "the environment");
	if (bt_context_lenient(c, config_problem_add, &l->problems, &wrong))
		return add_syntax_error(l, &wrong) ? 0 : (*err = wrong, err->code);
	bt_conf_check_names(c->conf);
	if (c->repo.git_dir)
		look_at_policies(c, l);
	return 0;
}

/* --- one file --- */

/* Is it one of git's files? They have its names, or a section of ours as git writes it: [batho "index"], [batho.index]. */
static bool is_gits(const char *path, const char *text)
{
	static const char *const names[] = { ".gitconfig", "gitconfig", "config", "config.worktree" };
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;

	for (size_t i = 0; i < BT_ARRAY_NR(names); i++)
		if (!strcmp(base, names[i]))
			return true;
	if (strlen(base) > 4 && !strcmp(base + strlen(base) - 4, ".ini"))
		return false;
	for (const char *p = text; (p = strchr(p, '[')); p++) {
		bool starts = p == text || p[-1] == '\n';
		const char *end = p + 1 + strspn(p + 1, " \t");

		if (starts && !strncasecmp(end, "batho", 5) && (end[5] == '.' || end[5] == ' ' || end[5] == '"'))
			return true;
	}
	return false;
}

/* The problems of the environment are none of the file. */
static void add_in_file(void *ctx, const struct bt_conf_problem *p)
{
	if (p->file)
		config_problem_add(ctx, p);
}

static int look_at_gits(struct bt_context *c, const char *path, struct looked *l, struct bt_err *err)
{
	const char *const argv[] = { BT_GIT_CONFIG_LISTING, "--includes", "--file", path, NULL };
	BT_BUF_OWNED struct bt_buf listing = BT_BUF_INIT;
	struct bt_err wrong = BT_ERR_INIT;

	if (bt_git_run_argv(NULL, argv, &listing, &wrong))
		return add_syntax_error(l, &wrong) ? 0 : (*err = wrong, err->code);
	if (bt_conf_open_listed(bt_buf_cstr(&listing), listing.len, add_in_file, &l->problems, &c->conf, err))
		return err->code;
	bt_conf_check_names(c->conf);
	return 0;
}

static int look_at_tracked(struct bt_context *c, const char *path, const struct bt_buf *text, struct looked *l, struct bt_err *err)
{
	return bt_conf_open_listed("", 0, add_in_file, &l->problems, &c->conf, err) ||
			       bt_conf_set_tracked(c->conf, bt_buf_cstr(text), text->len, path, err)
		       ? err->code
		       : 0;
}

static int read_file(const char *path, struct bt_buf *text, struct bt_err *err)
{
	int rc;

	if (!strcmp(path, "-"))
		return bt_fd_read_all(STDIN_FILENO, FILE_LEN_MAX, text, "stdin", err);
	rc = bt_file_read(path, FILE_LEN_MAX, text, err);
	return rc == BT_ERR_NOT_FOUND ? bt_err_set(err, rc, "there is no file '%s'", path) : rc;
}

static int look_at_file(struct bt_context *c, const char *path, struct looked *l, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;

	add_place(l, path);
	if (read_file(path, &text, err))
		return err->code;
	if (strcmp(path, "-") && is_gits(path, bt_buf_cstr(&text)))
		return look_at_gits(c, path, l, err);
	return look_at_tracked(c, path, &text, l, err);
}

/* --- telling --- */

static void put_problem(struct bt_context *c, const struct bt_conf_problem *p)
{
	bt_out_record(c->out, "problem");
	bt_out_cstr(c->out, "file", p->file);
	if (p->line)
		bt_out_uint(c->out, "line", p->line);
	else
		bt_out_null(c->out, "line");
	bt_out_cstr(c->out, "key", p->key);
	bt_out_cstr(c->out, "value", p->value);
	bt_out_cstr(c->out, "expected", p->expected);
	bt_out_cstr(c->out, "nearest", p->nearest);
	bt_out_cstr(c->out, "message", p->what);
	bt_out_cstr(c->out, "hint", p->hint && *p->hint ? p->hint : NULL);
	bt_out_record_end(c->out);
	if (p->file) {
		bt_out_path(c->out, BT_COLOR_PATH, p->file, strlen(p->file));
		if (p->line)
			bt_out_textf(c->out, BT_COLOR_LINE, ":%u", p->line);
		bt_out_textf(c->out, BT_COLOR_SEP, ": ");
		bt_out_textf(c->out, BT_COLOR_NONE, "%s", p->what);
	} else {
		bt_out_textf(c->out, BT_COLOR_NONE, "%s", p->msg);
	}
	if (p->hint && *p->hint)
		bt_out_textf(c->out, BT_COLOR_NOTE, " (%s)", p->hint);
	bt_out_nl(c->out);
}

/* In the order of lines, as far as they are of one file. */
static void order(struct config_problems *p)
{
	for (size_t i = 1; i < p->nr; i++)
		for (size_t k = i; k; k--) {
			struct bt_conf_problem *a = &p->items[k - 1], *b = &p->items[k], swap = *a;

			if (!a->file || !b->file || strcmp(a->file, b->file) || a->line <= b->line)
				break;
			*a = *b;
			*b = swap;
		}
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* What git's configuration says is looked at beside every one of the tracked files. */
static void drop_doubles(struct config_problems *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->nr; i++) {
		const struct bt_conf_problem *a = &p->items[i];
		size_t k = 0;

		while (k < kept && !(same(a->msg, p->items[k].msg) && same(a->file, p->items[k].file) && a->line == p->items[k].line))
			k++;
		if (k == kept)
			p->items[kept++] = *a;
	}
	p->nr = kept;
}

int config_validate(struct bt_context *c, const char *file, struct bt_err *err)
{
	BT_CLEANUP(looked_release) struct looked l = { .problems = CONFIG_PROBLEMS_INIT, .places = BT_BUF_INIT };
	int rc = file ? look_at_file(c, file, &l, err) : look_at_all(c, &l, err);

	if (rc)
		return rc;
	drop_doubles(&l.problems);
	order(&l.problems);
	for (size_t i = 0; i < l.problems.nr; i++)
		put_problem(c, &l.problems.items[i]);
	bt_out_record(c->out, "validated");
	bt_out_cstr(c->out, "places", bt_buf_cstr(&l.places));
	bt_out_uint(c->out, "problems", l.problems.nr);
	bt_out_record_end(c->out);
	if (!l.problems.nr && !c->common.quiet) {
		bt_out_textf(c->out, BT_COLOR_NONE, "no mistakes in %s", bt_buf_cstr(&l.places));
		bt_out_nl(c->out);
	}
	return l.problems.nr ? 1 : 0;
}
