/*
 * What is wrong with the user's grammars, for people.
 */
#include "git-batho/grammars/notice.h"

#include <string.h>

#include "core/base/child.h"
#include "core/lang/langs.h"
#include "core/lang/user_grammars.h"
#include "git-batho/spawn.h"

#define TRY_MS 60000

static const char *trouble_of(const struct bt_user_grammar *g)
{
	if (!g->trouble && !g->replaces && bt_lang_is_built_in(g->name))
		return "a built-in language has this name";
	return g->trouble;
}

void bt_grammars_notice(const struct bt_context *c)
{
	const struct bt_user_grammars *l = bt_user_grammars();

	if (l->trouble) {
		bt_notice(c, "the list of grammars '%s' is not used: it %s", l->list, l->trouble);
		return;
	}
	for (size_t i = 0; i < l->nr; i++)
		if (trouble_of(&l->items[i]))
			bt_notice(c, "the grammar '%s' is not used: %s", l->items[i].name, trouble_of(&l->items[i]));
}

/* Into text: what is wrong, or nothing. */
static int try(const struct bt_user_grammar *g, struct bt_buf *text, struct bt_err *err)
{
	BT_FREE char *indexer = NULL;
	BT_BUF_OWNED struct bt_buf said = BT_BUF_INIT;
	const char *why;
	int status;

	if (bt_indexer_path(&indexer, err))
		return err->code;
	const char *const argv[] = { indexer, "grammars", "test", "--", g->name, NULL };
	struct bt_child_opts o = { .argv = argv, .in = BT_CHILD_NULL, .out = BT_CHILD_NULL, .timeout_ms = TRY_MS };
	if (bt_child_run(&o, NULL, 0, NULL, &said, &status, err))
		return err->code;
	if (!status)
		return 0;
	why = bt_buf_cstr(&said);
	why += strncmp(why, "git-batho: ", 11) ? 0 : 11;
	bt_buf_add(text, why, strcspn(why, "\n"));
	if (!text->len)
		bt_buf_adds(text, "it cannot be loaded");
	return 0;
}

int bt_grammars_check(void (*tell)(void *ctx, const char *name, const char *trouble), void *ctx, size_t *ret_bad,
		      struct bt_err *err)
{
	const struct bt_user_grammars *l = bt_user_grammars();

	*ret_bad = l->trouble != NULL;
	if (l->trouble) {
		tell(ctx, NULL, l->trouble);
		return 0;
	}
	for (size_t i = 0; i < l->nr; i++) {
		BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
		const char *trouble = trouble_of(&l->items[i]);

		if (!trouble && try(&l->items[i], &text, err))
			return err->code;
		if (!trouble && text.len)
			trouble = bt_buf_cstr(&text);
		tell(ctx, l->items[i].name, trouble);
		*ret_bad += trouble != NULL;
	}
	return 0;
}
