/*
 * Versions of what this program links, and what its workers can be locked into.
 */
#include "core/base/compress.h"
#include "core/git/libgit2_version.h"
#include "core/index/sandbox.h"
#include "core/json/json.h"
#include "core/lang/extract.h"
#include "core/net/net.h"
#include "git-batho/context.h"
#include "git-batho/indexer.h"
#include "git-batho/version_print.h"

static int run_version(struct bt_context *c, void *opts BT_UNUSED, const struct bt_args *args BT_UNUSED,
		       struct bt_err *err BT_UNUSED)
{
	char text[128];

	bt_version_print(c, "libgit2", bt_libgit2_version(text, sizeof(text)));
	bt_version_print(c, "tree-sitter", bt_extract_runtime_version());
	bt_version_print(c, "libcurl", bt_net_version(text, sizeof(text)));
	bt_version_print(c, "cJSON", bt_json_version());
	bt_version_print(c, "sandbox seccomp", bt_sandbox_has_seccomp() ? "yes" : "no");
	bt_version_print(c, "sandbox landlock", bt_sandbox_has_landlock() ? "yes" : "no");
	return 0;
}

static const char *const version_usage[] = { "[<options>]", NULL };

const struct bt_command bt_indexer_version = {
	.name = "version",
	.summary = "versions of what is linked",
	.usage = version_usage,
	.run = run_version,
};
