/*
 * Which back-end can read the objects of a repository.
 *
 * libgit2 is used for objects only (discovery, references and the index are git's), so what counts
 * is the object format, lazily fetched objects, and extensions nobody here knows: git refuses those
 * it does not know, and one it knows may change how objects are stored.
 */
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/git/program.h"
#include "core/git/repo.h"

/* The extensions of a repository fill a few lines. */
#define EXTENSIONS_TEXT_MAX ((size_t)64 << 10)

#define PARTIAL_CLONE_TEXT "objects of a partial clone are fetched on demand"

struct extension {
	const char *name;     /* in lower case, as git prints it */
	const char *harmless; /* the one value that changes nothing; NULL: any */
	const char *text;     /* what to say of other values */
};

static const struct extension extensions[] = {
	{ "noop", NULL, NULL },
	{ "noop-v1", NULL, NULL },
	{ "preciousobjects", NULL, NULL },
	{ "worktreeconfig", NULL, NULL },
	{ "relativeworktrees", NULL, NULL },
	{ "objectformat", "sha1", "the object format is not sha1" },
	{ "refstorage", "files", "the references are not stored as files" },
	{ "partialclone", "", PARTIAL_CLONE_TEXT },
};

static const char *extension_judge(const char *name, const char *value)
{
	for (size_t i = 0; i < BT_ARRAY_NR(extensions); i++) {
		const struct extension *e = &extensions[i];

		if (strcmp(name, e->name))
			continue;
		return !e->harmless || !strcasecmp(value, e->harmless) ? NULL : e->text;
	}
	return "the repository has an extension that only git may know";
}

/* A setting of either kind; a remote is a promisor unless its value says no. */
static const char *setting_judge(const char *key, const char *value)
{
	static const char prefix[] = "extensions.";

	if (!strncmp(key, prefix, sizeof(prefix) - 1))
		return extension_judge(key + sizeof(prefix) - 1, value);
	if (!strcasecmp(value, "false") || !strcasecmp(value, "no") || !strcmp(value, "0"))
		return NULL;
	return PARTIAL_CLONE_TEXT;
}

const char *bt_repo_needs_git_program(const struct bt_repo *repo)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	BT_BUF_OWNED struct bt_buf errout = BT_BUF_INIT;
	const char *at, *end;
	int status;

	if (repo->oid_len != 20)
		return "the object format is not sha1";
	bt_git_cmd_init(&c, repo);
	bt_buf_init(&out, EXTENSIONS_TEXT_MAX);
	bt_git_cmd_addl(&c, "config", "-z", "--get-regexp",
			"^(extensions\\..*|remote\\..*\\.promisor)$", NULL);
	if (bt_git_run_status(&c, NULL, 0, &out, &errout, &status, NULL))
		return "the configuration of the repository cannot be read";
	if (status) /* 1: there are none */
		return NULL;
	at = bt_buf_cstr(&out);
	for (end = at + out.len; at < end; at += strlen(at) + 1) {
		const char *text;
		char *value = strchr(at, '\n');

		if (value)
			*value++ = '\0';
		text = setting_judge(at, value ? value : "");
		if (text)
			return text;
		if (value)
			at = value;
	}
	return NULL;
}
