/*
 * The changed lines of pushed files, asked for afterwards and for few: a push may change thousands of files, and lines decide
 * only where something was found.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/git/program.h"
#include "core/incoming/read.h"

/* More than anybody reads; of the rest it stays unknown which lines changed. */
#define FILES_MAX 2000
/* Paths in one command line. */
#define ARGS_MAX 500
#define OUTPUT_MAX ((size_t)64 << 20)

struct wanted_file {
	uint32_t pair;
	const char *path;
};

static int by_pair(const void *pa, const void *pb)
{
	const struct wanted_file *a = pa, *b = pb;

	return a->pair != b->pair ? (a->pair > b->pair) - (a->pair < b->pair)
				  : strcmp(a->path, b->path);
}

/* Files of one pair. What git cannot say is no error here. */
static void ask(struct bt_incoming *in, const struct bt_repo *repo, const struct wanted_file *files,
		size_t nr)
{
	const struct bt_incoming_pair *pair = &in->pairs[files->pair];
	BT_GIT_CMD_OWNED struct bt_git_cmd c = BT_GIT_CMD_INIT;
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	struct bt_err ignored = BT_ERR_INIT;
	struct bt_child_opts o;
	int status;

	bt_git_cmd_init(&c, repo);
	bt_git_cmd_config(&c, "diff.suppressBlankEmpty=false");
	bt_git_cmd_env(&c, "GIT_DIFF_OPTS");
	bt_git_cmd_env(&c, "GIT_EXTERNAL_DIFF");
	bt_git_cmd_env(&c, "GIT_LITERAL_PATHSPECS=1");
	bt_git_cmd_addl(&c, "diff-tree", "-r", "-p", "-U0", "--no-renames", "--full-index",
			"--no-relative", "--ignore-submodules=all", "--diff-filter=M",
			"--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/",
			"--dst-prefix=b/", pair->from, pair->to, "--", NULL);
	for (size_t i = 0; i < nr; i++)
		bt_git_cmd_add(&c, files[i].path);
	o = bt_git_cmd_opts(&c);
	o.out = BT_CHILD_PIPE;
	o.out_max = OUTPUT_MAX;
	if (bt_child_run(&o, NULL, 0, &out, NULL, &status, &ignored) || status)
		return;
	bt_buf_cstr(&out);
	bt_incoming_take_lines(in, out.data, out.data + out.len);
}

int bt_incoming_pushed_lines(struct bt_incoming *in, const struct bt_repo *repo, const bool *wanted,
			     struct bt_err *err)
{
	BT_FREE struct wanted_file *files = bt_xcalloc(FILES_MAX, sizeof(*files));
	size_t nr = 0, to;

	for (size_t i = 0; i < in->nr && nr < FILES_MAX; i++) {
		const struct bt_incoming_file *f = &in->files[i];

		if (wanted[i] && f->status == 'M' && !f->lines_known && f->pair < in->pairs_nr)
			files[nr++] = (struct wanted_file){ f->pair, f->path };
	}
	qsort(files, nr, sizeof(*files), by_pair);
	for (size_t from = 0; from < nr; from = to) {
		for (to = from;
		     to < nr && to - from < ARGS_MAX && files[to].pair == files[from].pair; to++)
			;
		ask(in, repo, files + from, to - from);
	}
	return bt_cancel_check(err);
}
