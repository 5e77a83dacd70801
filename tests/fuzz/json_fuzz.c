/*
 * A line of JSON from anywhere, as `queue bulk` reads it; and the parameters of an action: any bytes. What is accepted keeps
 * what the header promises, what is refused is told in one line.
 */
#include "core/batch/params.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/json/json.h"
#include "tests/fuzz/fuzz.h"

static const char *const names[] = { "kind", "message", "after", "fields", "urgent", "priority", "a", "", NULL };

static void check_error(int rc, const struct bt_err *err)
{
	FUZZ_CHECK(rc == 0 || (rc == BT_ERR_USAGE && err->code == rc && *err->msg && !strchr(err->msg, '\n')));
}

static void check_text(const char *s)
{
	FUZZ_CHECK(bt_utf8_valid(s, strlen(s)));
}

static void ask_lists(const struct bt_json *j, const char *name)
{
	BT_CLEANUP(bt_arena_release) struct bt_arena arena = { NULL };
	struct bt_err err = BT_ERR_INIT, err2 = BT_ERR_INIT, err3 = BT_ERR_INIT;
	const char **list = NULL, **pairs = NULL;
	int64_t *ints = NULL;
	size_t nr = 0, pairs_nr = 0, ints_nr = 0;
	int rc = bt_json_strings(j, name, &arena, &list, &nr, &err);

	check_error(rc, &err);
	for (size_t i = 0; !rc && i < nr; i++)
		check_text(list[i]);
	rc = bt_json_pairs(j, name, &arena, &pairs, &pairs_nr, &err2);
	check_error(rc, &err2);
	for (size_t i = 0; !rc && i < pairs_nr; i++)
		FUZZ_CHECK(strchr(pairs[i], '='));
	rc = bt_json_ints(j, name, &arena, 1, 1000, &ints, &ints_nr, &err3);
	check_error(rc, &err3);
	for (size_t i = 0; !rc && i < ints_nr; i++)
		FUZZ_CHECK(ints[i] >= 1 && ints[i] <= 1000);
}

static void ask(const struct bt_json *j, const char *name)
{
	struct bt_err err = BT_ERR_INIT, err2 = BT_ERR_INIT, err3 = BT_ERR_INIT;
	const char *s = NULL;
	int64_t n = -4;
	bool b = false;
	int rc = bt_json_string(j, name, &s, &err);

	check_error(rc, &err);
	if (s)
		check_text(s);
	rc = bt_json_int(j, name, -3, 9000000000000000, &n, &err2);
	check_error(rc, &err2);
	FUZZ_CHECK(rc ? n == -4 : n >= -4 && n <= 9000000000000000);
	check_error(bt_json_bool(j, name, &b, &err3), &err3);
	ask_lists(j, name);
}

static void params(const char *data, size_t len)
{
	BT_BUF_OWNED struct bt_buf again = BT_BUF_INIT;
	const char *name, *value;
	size_t at = 0, used = 0;

	while (bt_params_next(data, len, &at, &name, &value)) {
		FUZZ_CHECK(at > used && at <= len);
		used = at;
		bt_params_add(&again, name, value);
	}
	FUZZ_CHECK(again.len == used && (!used || !memcmp(again.data, data, used)));
	bt_params_get(data, len, "remote");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bt_err err = BT_ERR_INIT;
	struct bt_json *j = NULL;
	int rc = bt_json_parse((const char *)data, size, &j, &err);

	check_error(rc, &err);
	FUZZ_CHECK(!rc == !!j);
	if (!rc) {
		struct bt_err unknown = BT_ERR_INIT;

		FUZZ_CHECK(!memchr(data, '\0', size) && bt_utf8_valid((const char *)data, size));
		check_error(bt_json_only(j, names, &unknown), &unknown);
		for (size_t i = 0; names[i]; i++)
			ask(j, names[i]);
	}
	bt_json_free(&j);
	params((const char *)data, size);
	return 0;
}
