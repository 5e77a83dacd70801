/*
 * Three sides of one thing: the zygote prepares, a worker looks, the writer checks and stores.
 */
#include "core/rules/make.h"

#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/rules/record.h"
#include "store/store.h"

static int make_prepare(void *ctx, const struct bt_lang *lang, struct bt_err *err)
{
	struct bt_make *m = ctx;

	return bt_evaluator_prepare(m->evaluator, lang, err);
}

static int make_look(void *ctx, const struct bt_lang *lang, const char *data, size_t len, struct bt_syntax *syntax,
		     struct bt_buf *out, struct bt_err *err)
{
	struct bt_make *m = ctx;

	return bt_evaluate(m->evaluator, lang, data, len, syntax, out, err);
}

static int make_look_less(void *ctx, const struct bt_lang *lang, const char *data, size_t len, struct bt_syntax *syntax,
			  struct bt_buf *out, struct bt_err *err)
{
	struct bt_make *m = ctx;

	return bt_evaluate_builtin(m->evaluator, lang, data, len, syntax, out, err);
}

static int make_has(void *ctx, struct bt_store *s, uint32_t blob, const struct bt_lang *lang, struct bt_err *err)
{
	struct bt_make *m = ctx;
	enum bt_findings_state state;

	return bt_store_findings_find(s, blob, bt_ruleset_for(m->set, lang)->key, &state, NULL, err);
}

static int make_check(void *ctx, const struct bt_lang *lang, uint64_t size, const void *p, size_t len,
		      struct bt_err *err)
{
	struct bt_make *m = ctx;
	const struct bt_ruleset_lang *l = bt_ruleset_for(m->set, lang);
	struct bt_record r;

	bt_arena_reset(&m->scratch);
	if (bt_record_decode(p, len, l->nr, &m->scratch, &r, err))
		return err->code;
	if (len && r.size != size)
		return bt_err_set(err, BT_ERR_CORRUPT, "the findings are of another blob");
	return 0;
}

static int make_put(void *ctx, struct bt_store *s, uint32_t blob, const struct bt_lang *lang, bool failed,
		    const void *p, size_t len, struct bt_err *err)
{
	struct bt_make *m = ctx;

	return bt_store_findings_put(s, blob, bt_ruleset_for(m->set, lang)->key,
				     failed ? BT_FINDINGS_FAILED : BT_FINDINGS_MADE, p, len, err);
}

void bt_make_init(struct bt_make *m, const struct bt_ruleset *set, bool few, struct bt_addon *ret_addon)
{
	memset(m, 0, sizeof(*m));
	m->set = set;
	m->evaluator = bt_evaluator_new(set, few);
	*ret_addon = (struct bt_addon){
		.ctx = m, .len_max = BT_RECORD_LEN_MAX, .few = few, .prepare = make_prepare, .look = make_look,
		.look_less = set->nr > set->builtin_nr ? make_look_less : NULL,
		.has = make_has, .check = make_check, .put = make_put,
	};
}

void bt_make_release(struct bt_make *m)
{
	bt_evaluator_free(&m->evaluator);
	bt_arena_release(&m->scratch);
}
