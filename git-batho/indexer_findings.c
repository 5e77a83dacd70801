/*
 * git-batho-indexer findings: makes the findings that a check asks for on stdin (core/rules/request.h). It needs nothing of
 * git's: the repository and the limits are in the request. What is printed are mistakes in the project's rules.
 */
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/rules/make.h"
#include "core/rules/request.h"
#include "git-batho/context.h"
#include "git-batho/indexer.h"

static void show_progress(void *ctx, uint64_t done, uint64_t planned)
{
	struct bt_progress *p = ctx;

	p->total = planned;
	bt_progress_set(p, done);
}

static int run_findings(struct bt_context *c, void *opts BT_UNUSED, const struct bt_args *args BT_UNUSED,
			struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf bytes, complaints = BT_BUF_INIT;
	BT_CLEANUP(bt_request_release) struct bt_request r = BT_REQUEST_INIT;

	struct bt_progress progress;
	struct bt_make_progress show = { show_progress, &progress };
	int rc;

	bt_buf_init(&bytes, BT_REQUEST_LEN_MAX);
	if (bt_fd_read_all(STDIN_FILENO, BT_REQUEST_LEN_MAX, &bytes, "the request", err) ||
	    bt_request_decode(bt_buf_cstr(&bytes), bytes.len, &r, err))
		return err->code;
	bt_progress_start(&progress, "Checking files", 0, bt_progress_wanted(c->common.progress, c->common.quiet));
	rc = bt_make_run(&r, &show, &complaints, err);
	bt_progress_stop(&progress);
	if (rc || !complaints.len)
		return rc;
	return bt_fd_write_full(STDOUT_FILENO, complaints.data, complaints.len, "stdout", err);
}

static const char *const findings_usage[] = { "", NULL };

const struct bt_command bt_indexer_findings = {
	.name = "findings",
	.summary = "makes the findings of blobs",
	.usage = findings_usage,
	.flags = BT_PLUMBING,
	.run = run_findings,
};
