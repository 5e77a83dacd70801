/*
 * Where a push goes, asked without pushing. Everything that comes from outside is checked before git sees it: a remote is a name that
 * the user's configuration knows, never an address; a ref is a full name.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/batch/push/impl.h"
#include "core/git/program.h"
#include "core/git/refs.h"

#define ASK_TIMEOUT_MS (60 * 1000)
#define FETCH_TIMEOUT_MS (10 * 60 * 1000)
/* Old servers tell all of their refs to the child, which passes on the one. */
#define ANSWER_MAX ((size_t)1 << 20)

void bt_push_place_release(struct bt_push_place *place)
{
	free(place->from);
	place->from = NULL;
}

/* --- names --- */

static bool remote_name_ok(const char *name)
{
	BT_FREE char *ref = bt_xasprintf("refs/batho/remote/%s/heads/x", name);

	/* '=' would end the key in `git -c remote.<name>.mirror=false`. */
	return *name && *name != '-' && *name != '/' && !strchr(name, '=') && bt_ref_name_ok(ref);
}

static int name_refused(const char *what, const char *name, const char *why, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf shown = BT_BUF_INIT;

	bt_push_clean(&shown, name, strnlen(name, 200));
	return bt_err_set(err, BT_ERR_FAIL, "%s '%s' %s", what, bt_buf_cstr(&shown), why);
}

/* What the configuration says of a remote. */
struct known {
	char *fetch, *push;
	size_t fetch_nr, push_nr;
	bool rewritten; /* somewhere, by pushInsteadOf */
};

static void known_release(struct known *k)
{
	free(k->fetch);
	free(k->push);
}

/* "remote.<name>.<last>", where <name> may hold anything. */
static bool key_is(const char *key, const char *remote, const char *last)
{
	size_t len = strlen(remote);

	return !strncmp(key, "remote.", 7) && !strncmp(key + 7, remote, len) &&
	       key[7 + len] == '.' && !strcmp(key + 8 + len, last);
}

static void known_add(struct known *k, char *key, const char *remote)
{
	char *value = strchr(key, '\n');
	bool is_fetch;

	if (!value)
		return;
	*value++ = '\0';
	is_fetch = key_is(key, remote, "url");
	if (is_fetch || key_is(key, remote, "pushurl")) {
		char **kept = is_fetch ? &k->fetch : &k->push;

		++*(is_fetch ? &k->fetch_nr : &k->push_nr);
		if (!*kept)
			*kept = bt_xstrdup(value);
	} else if (!strncmp(key, "url.", 4)) {
		k->rewritten = true;
	}
}

static int known_read(struct bt_repo *repo, const char *remote, struct known *k, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	int status, rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "config", "-z", "--get-regexp",
			"^(remote\\..*\\.(url|pushurl)|url\\..*\\.pushinsteadof)$", NULL);
	rc = bt_git_run_status(&c, NULL, 0, &out, &errout, &status, err);
	if (rc)
		return rc;
	if (status > 1)
		return bt_git_fail(err, BT_ERR_FAIL, "cannot read the remotes",
				   bt_buf_cstr(&errout), status);
	for (size_t at = 0, len; at < out.len; at += len + 1) {
		len = strlen(out.data + at);
		known_add(k, out.data + at, remote);
	}
	return 0;
}

static int address_check(const char *remote, const char *address, struct bt_err *err)
{
	if (*address == '-' || !*address || strpbrk(address, "\r\n"))
		return name_refused("remote", remote, "has an address that is none", err);
	if (!strncmp(address, "ext::", 5))
		return name_refused("remote", remote, "has a command for its address", err);
	return 0;
}

/* The one address that is pushed to, as git rewrites it. */
static int push_address(struct bt_repo *repo, const char *remote, char **ret_address,
			struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_FREE char *address = NULL;
	int rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "remote", "get-url", "--push", "--", remote, NULL);
	rc = bt_git_run(&c, "cannot read the remote's address", NULL, 0, &out, err);
	if (rc)
		return rc;
	if (out.len && out.data[out.len - 1] == '\n')
		out.data[--out.len] = '\0';
	address = bt_buf_take(&out, NULL);
	rc = address_check(remote, address, err);
	if (!rc) {
		*ret_address = address;
		address = NULL;
	}
	return rc;
}

int bt_push_place_find(struct bt_repo *repo, const char *remote, const char *ref,
		       struct bt_push_place *ret_place, struct bt_err *err)
{
	BT_CLEANUP(known_release) struct known k = { .fetch = NULL };
	const char *address;
	int rc;

	if (!bt_ref_name_ok(ref))
		return name_refused("ref", ref, "is no full name of a ref", err);
	if (!remote_name_ok(remote))
		return name_refused("remote", remote, "is no name of a remote", err);
	rc = known_read(repo, remote, &k, err);
	if (rc)
		return rc;
	if (!k.fetch_nr && !k.push_nr)
		return name_refused("remote", remote, "is not configured", err);
	if ((k.push_nr ? k.push_nr : k.fetch_nr) > 1)
		return name_refused("remote", remote,
				    "has several addresses to push to: once is not possible there",
				    err);
	address = k.push_nr ? k.push : k.fetch;
	rc = address_check(remote, address, err);
	if (rc)
		return rc;
	if (k.rewritten || (k.push_nr && (!k.fetch || strcmp(k.push, k.fetch) != 0)))
		return push_address(repo, remote, &ret_place->from, err);
	ret_place->from = bt_xstrdup(remote);
	return 0;
}

/* --- asking --- */

/* Runs without a terminal and within a time. What stops it is BT_ERR_BUSY, with the words of git. */
static int ask(struct bt_git_cmd *c, int timeout_ms, struct bt_buf *out, struct bt_buf *errout,
	       int *ret_status, struct bt_err *err)
{
	struct bt_child_opts o = bt_git_cmd_opts(c);
	int rc;

	o.own_session = true;
	o.timeout_ms = timeout_ms;
	o.out_max = ANSWER_MAX;
	rc = bt_child_run(&o, NULL, 0, out, errout, ret_status, err);
	if (rc == BT_ERR_LIMIT)
		err->code = rc = BT_ERR_BUSY;
	return rc;
}

static int unreachable(const char *place, const struct bt_buf *errout, int status,
		       struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err said = BT_ERR_INIT;

	bt_git_fail(&said, BT_ERR_BUSY, NULL, bt_buf_cstr(errout), status);
	bt_push_clean(&text, said.msg, strlen(said.msg));
	bt_err_set(err, said.code, "%s", bt_buf_cstr(&text));
	if (said.code == BT_ERR_CANCELED)
		return said.code;
	return bt_err_wrap(err, "cannot reach '%s'", place);
}

/* "<id>\t<ref>", one of the lines. */
static int find_ref(struct bt_repo *repo, const char *text, const char *ref, struct bt_oid *ret_oid,
		    struct bt_err *err)
{
	size_t hex_len = 2 * repo->oid_len, ref_len = strlen(ref);

	for (size_t len; *text; text += len + (text[len] != '\0')) {
		len = strcspn(text, "\n");
		if (len != hex_len + 1 + ref_len || text[hex_len] != '\t' ||
		    memcmp(text + hex_len + 1, ref, ref_len) != 0)
			continue;
		if (bt_oid_parse(text, hex_len, ret_oid, NULL))
			return bt_err_set(err, BT_ERR_BUSY,
					  "cannot read the answer of git ls-remote");
		return BT_ROW;
	}
	return BT_DONE;
}

int bt_push_place_look(struct bt_repo *repo, const struct bt_push_place *place, const char *ref,
		       int timeout_ms, struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT, errout = BT_BUF_INIT;
	int status, rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "ls-remote", "--refs", "--", place->from, ref, NULL);
	rc = ask(&c, timeout_ms > 0 ? timeout_ms : ASK_TIMEOUT_MS, &out, &errout, &status, err);
	if (rc)
		return rc;
	if (status)
		return unreachable(place->from, &errout, status, err);
	return find_ref(repo, bt_buf_cstr(&out), ref, ret_oid, err);
}

/* --- fetching --- */

int bt_push_place_fetch(struct bt_repo *repo, const struct bt_push_place *place, const char *remote,
			const char *ref, int timeout_ms, struct bt_oid *ret_oid, struct bt_err *err)
{
	BT_FREE char *kept = bt_xasprintf("refs/batho/remote/%s/%s", remote, ref + strlen("refs/"));
	BT_FREE char *refspec = bt_xasprintf("+%s:%s", ref, kept);
	BT_FREE char *no_head = bt_xasprintf("remote.%s.followRemoteHEAD=never", remote);
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	int status, rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_config(&c, "core.fsync=committed,reference,loose-object,pack");
	bt_git_cmd_config(&c, "core.fsyncMethod=fsync");
	bt_git_cmd_config(&c, "fetch.writeCommitGraph=false");
	bt_git_cmd_config(&c, no_head);
	bt_git_cmd_addl(&c, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules",
			"--no-auto-maintenance", "--no-write-fetch-head", "--no-prune",
			"--refmap=", "--", place->from, refspec, NULL);
	rc = ask(&c, timeout_ms > 0 ? timeout_ms : FETCH_TIMEOUT_MS, NULL, &errout, &status, err);
	if (rc)
		return rc;
	if (status && strstr(bt_buf_cstr(&errout), "fatal: couldn't find remote ref "))
		return bt_err_set(err, BT_ERR_NOT_FOUND, "'%s' is not there on '%s'", ref, remote);
	if (status)
		return unreachable(place->from, &errout, status, err);
	rc = bt_ref_read(repo, kept, ret_oid, err);
	if (rc == BT_DONE)
		return bt_err_set(err, BT_ERR_BUSY, "'%s' was fetched from '%s' and is not here",
				  ref, remote);
	return rc < 0 ? rc : 0;
}

int bt_push_remote_check(struct bt_repo *repo, const char *remote, struct bt_err *err)
{
	BT_CLEANUP(bt_push_place_release) struct bt_push_place place = BT_PUSH_PLACE_INIT;

	return bt_push_place_find(repo, remote, "refs/heads/x", &place, err);
}
