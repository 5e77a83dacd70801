/*
 * Objects of a partial clone, fetched in one go.
 *
 * Left to itself git fetches a missing object when it is read, one connection for each. What is
 * here is listed without fetching (`cat-file --batch-all-objects`), the rest goes to one `git fetch
 * --stdin` from the promisor remote, as git itself calls it.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/git/odb.h"
#include "core/git/program.h"

#define PREFETCH_LINE_MAX ((size_t)64 << 10)

static int oid_order(const void *a, const void *b)
{
	const struct bt_oid *x = a, *y = b;

	return memcmp(x->raw, y->raw, BT_OID_RAW_MAX);
}

/* git marks the packs of a promisor; where there is none nothing was promised, and no git need be asked. */
static bool has_promises(const struct bt_repo *repo)
{
	static const char suffix[] = ".promisor";
	BT_FREE char *path = bt_xasprintf("%s/pack", repo->objects_dir);
	DIR *dir = opendir(path);
	struct dirent *e;
	bool found = false;

	while (dir && !found && (e = readdir(dir))) {
		size_t len = strlen(e->d_name);

		found = len > sizeof(suffix) - 1 && !strcmp(e->d_name + len - (sizeof(suffix) - 1), suffix);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* The remote that promised the objects: the first one that says so. NULL: no partial clone. */
static char *promisor_find(const struct bt_repo *repo)
{
	static const char prefix[] = "remote.", suffix[] = ".promisor";
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	const char *at, *end;
	int status;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "config", "-z", "--type=bool", "--get-regexp",
			"^remote\\..*\\.promisor$", NULL);
	if (bt_git_run_status(&c, NULL, 0, &out, NULL, &status, NULL) || status)
		return NULL;
	at = bt_buf_cstr(&out);
	for (end = at + out.len; at < end; at += strlen(at) + 1) {
		size_t len = strcspn(at, "\n");

		if (len <= sizeof(prefix) + sizeof(suffix) - 2 || strcmp(at + len, "\ntrue"))
			continue;
		at += sizeof(prefix) - 1;
		len -= sizeof(prefix) + sizeof(suffix) - 2;
		/* What could be taken for an option is nobody's remote. */
		return *at == '-' ? NULL : bt_xstrndup(at, len);
	}
	return NULL;
}

/* Marks the ids that are here; ids are in order, and so is what git lists. */
static int present_mark(const struct bt_repo *repo, const struct bt_oid *oids, size_t oids_nr,
			bool *present, struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	struct bt_git_stream s;
	size_t i = 0, len;
	char *line;
	int rc;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_addl(&c, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)",
			"--buffer", NULL);
	bt_git_stream_init(&s);
	rc = bt_git_stream_start(&s, &c, false, PREFETCH_LINE_MAX, err);
	while (!rc && (rc = bt_git_stream_record(&s, '\n', &line, &len, err)) == BT_ROW) {
		struct bt_oid here;

		rc = bt_oid_parse(line, len, &here, err);
		while (!rc && i < oids_nr && oid_order(&oids[i], &here) < 0)
			i++;
		if (!rc && i < oids_nr && bt_oid_equal(&oids[i], &here))
			present[i++] = true;
	}
	if (!rc)
		rc = bt_git_stream_finish(&s, "cannot list the objects that are here", err);
	bt_git_stream_release(&s);
	return rc;
}

static int fetch(const struct bt_repo *repo, const char *remote, const struct bt_buf *ids,
		 struct bt_err *err)
{
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_config(&c, "fetch.negotiationAlgorithm=noop");
	bt_git_cmd_config(&c, "maintenance.auto=false");
	bt_git_cmd_addl(&c, "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
			"--recurse-submodules=no", "--filter=blob:none", "--stdin", remote, NULL);
	return bt_git_run(&c, "cannot fetch the objects of this partial clone", ids->data, ids->len,
			  NULL, err);
}

int bt_odb_prefetch(struct bt_repo *repo, const struct bt_oid *oids, size_t oids_nr,
		    struct bt_err *err)
{
	bool ask = oids_nr && !getenv("GIT_NO_LAZY_FETCH") && has_promises(repo);
	BT_FREE char *remote = ask ? promisor_find(repo) : NULL;
	BT_FREE struct bt_oid *sorted = NULL;
	BT_FREE bool *present = NULL;
	BT_BUF_OWNED struct bt_buf ids = BT_BUF_INIT;
	char hex[BT_OID_HEX_MAX + 1];
	int rc;

	if (!remote)
		return 0;
	sorted = bt_xcalloc(oids_nr, sizeof(*sorted));
	present = bt_xcalloc(oids_nr, sizeof(*present));
	memcpy(sorted, oids, oids_nr * sizeof(*sorted));
	qsort(sorted, oids_nr, sizeof(*sorted), oid_order);
	rc = present_mark(repo, sorted, oids_nr, present, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < oids_nr; i++)
		if (!present[i] && !(i && bt_oid_equal(&sorted[i], &sorted[i - 1])))
			bt_buf_addf(&ids, "%s\n", bt_oid_hex(&sorted[i], hex));
	rc = bt_buf_check(&ids, "the list of objects to fetch", err);
	return rc || !ids.len ? rc : fetch(repo, remote, &ids, err);
}
