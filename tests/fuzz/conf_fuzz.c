/*
 * A tracked .batho/config.ini: any bytes. It sets what a tracked file may set, within bounds, or it is refused
 * with one line and changes nothing that is not tracked. Where mistakes are told one by one, there are some just when it is refused
 * otherwise, each says where it stands, and they come to an end.
 */
#include "core/conf/conf_state.h"
#include "tests/fuzz/fuzz.h"

static void check_values(const struct bt_conf *c)
{
	for (int i = 0; i < BT_KEY_NR; i++) {
		const struct bt_value *v = bt_conf_get(c, (enum bt_key_id)i);

		FUZZ_CHECK(v->origin == BT_FROM_DEFAULT || (v->origin == BT_FROM_TRACKED && bt_keys[i].tracked));
		if (bt_keys[i].type == BT_TYPE_INT || bt_keys[i].type == BT_TYPE_SIZE)
			FUZZ_CHECK(v->number >= bt_keys[i].min && v->number <= bt_keys[i].max);
		for (size_t k = 0; k < v->list_nr; k++)
			FUZZ_CHECK(v->list[k]);
	}
}

/* Mistakes of lines, and of the settings that were read before there were too many of them. */
#define PROBLEMS_MAX (CONF_PROBLEMS_MAX + 257)

static void count(void *ctx, const struct bt_conf_problem *p)
{
	size_t *nr = ctx;

	FUZZ_CHECK(*p->msg && *p->what && p->hint && !strchr(p->msg, '\n') && !strchr(p->hint, '\n'));
	FUZZ_CHECK(p->file && !strcmp(p->file, "HEAD:.batho/config.ini"));
	FUZZ_CHECK(++*nr <= PROBLEMS_MAX);
}

static void set_defaults(struct bt_conf *c)
{
	static const struct conf_place defaults = { .name = "a key", .where = "in the defaults" };

	for (int i = 0; i < BT_KEY_NR; i++) {
		struct bt_err err = BT_ERR_INIT;

		FUZZ_CHECK(!bt_keys[i].deflt ||
			   !conf_set(c, (enum bt_key_id)i, bt_keys[i].deflt, &defaults, &err));
	}
}

/* How many mistakes are told one by one. */
static size_t count_problems(const uint8_t *data, size_t size)
{
	struct bt_conf *c = calloc(1, sizeof(*c));
	struct bt_err err = BT_ERR_INIT;
	size_t nr = 0;

	FUZZ_CHECK(c);
	set_defaults(c);
	c->warn = count;
	c->warn_ctx = &nr;
	FUZZ_CHECK(!bt_conf_set_tracked(c, (const char *)data, size, "HEAD:.batho/config.ini", &err));
	check_values(c);
	bt_conf_free(&c);
	return nr;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bt_conf *c = calloc(1, sizeof(*c));
	size_t problems = count_problems(data, size);
	uint64_t hash;

	FUZZ_CHECK(c);
	set_defaults(c);
	hash = bt_conf_selection_hash(c);
	for (int round = 0; round < 2; round++) {
		struct bt_err err = BT_ERR_INIT;

		if (bt_conf_set_tracked(c, (const char *)data, size, "HEAD:.batho/config.ini", &err))
			FUZZ_CHECK(problems && *err.msg && !strchr(err.msg, '\n') && !strchr(err.hint, '\n'));
		else
			FUZZ_CHECK(!problems);
		check_values(c);
	}
	/* The tracked file is no part of it: the root tree's id covers it. */
	{
		struct bt_err err = BT_ERR_INIT;

		FUZZ_CHECK(!bt_conf_set_tracked(c, "", 0, "HEAD:.batho/config.ini", &err));
	}
	FUZZ_CHECK(bt_conf_selection_hash(c) == hash);
	bt_conf_free(&c);
	return 0;
}
