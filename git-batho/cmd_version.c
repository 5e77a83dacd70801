/*
 * git batho version: this program's version; with --build-options what it is made of.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/compress.h"
#include "core/facts/facts.h"
#include "core/lang/langs.h"
#include "git-batho/commands.h"
#include "git-batho/context.h"
#include "git-batho/spawn.h"
#include "git-batho/version_print.h"

struct version_opts {
	bool build_options;
};

static const struct bt_opt version_options[] = {
	{ .type = BT_OPT_FLAG, .name = "build-options", .flags = BT_OPT_NO_NEG,
	  .help = "what it is made of", BT_OPT_AT(struct version_opts, build_options) },
	BT_OPT_END
};

static const char *const version_usage[] = { "[<options>]", NULL };

/* What the indexer says of itself is passed on line by line. */
static int indexer_lines(struct bt_context *c, struct bt_err *err)
{
	static const char *const args[] = { "version", "--format=porcelain", "-z", NULL };
	BT_BUF_OWNED struct bt_buf out = BT_BUF_INIT;
	const char *p, *end;

	if (bt_indexer_run(c, args, &out, err) < 0)
		return err->code;
	p = bt_buf_cstr(&out);
	end = p + out.len;
	p += strlen(p) + 1;	/* the header */
	while (p < end) {	/* "3", "option", name, value */
		const char *type = p + strlen(p) + 1, *name, *value;

		if (type >= end)
			break;
		name = type + strlen(type) + 1;
		if (name >= end)
			break;
		value = name + strlen(name) + 1;
		if (value >= end)
			break;
		bt_version_print(c, name, value);
		p = value + strlen(value) + 1;
	}
	return 0;
}

static int run_version(struct bt_context *c, void *opts, const struct bt_args *args, struct bt_err *err)
{
	const struct version_opts *o = opts;
	char text[64];

	if (args->nr)
		return bt_err_set(err, BT_ERR_USAGE, "version takes no argument");
	bt_out_record(c->out, "version");
	bt_out_cstr(c->out, "version", PACKAGE_VERSION);
	bt_out_record_end(c->out);
	bt_out_textf(c->out, BT_COLOR_NONE, "git-batho version %s", PACKAGE_VERSION);
	bt_out_nl(c->out);
	if (!o->build_options)
		return 0;
	bt_version_print(c, "SQLite", bt_store_sqlite_version());
	bt_version_print(c, "compression", bt_compress_library(text));
	bt_version_print(c, "inih", "linked");	/* it does not tell its version */
	snprintf(text, sizeof(text), "%d", BT_FACTS_VERSION);
	bt_version_print(c, "facts format", text);
	if (indexer_lines(c, err))
		return err->code;
	for (size_t i = 0; i < bt_langs_nr(); i++) {
		const struct bt_lang *l = bt_lang_get(i);
		char name[64];

		snprintf(name, sizeof(name), "language %s", l->name);
		snprintf(text, sizeof(text), "%016llx", (unsigned long long)l->version);
		bt_version_print(c, name, text);
	}
	return 0;
}

const struct bt_command bt_cmd_version = {
	.name = "version",
	.summary = "the version, and what it is made of",
	.usage = version_usage,
	.options = version_options,
	.options_size = sizeof(struct version_opts),
	.run = run_version,
};
