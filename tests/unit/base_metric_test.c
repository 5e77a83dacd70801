/*
 * base: the table of metrics, the tally of a repository, and the text that Prometheus reads, read back by a parser of our own.
 */
#include "core/base/exposition.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* --- the table --- */

static void test_table(void **state)
{
	size_t nr = bt_metric_slots_nr();
	char name[BT_METRIC_SLOT_NAME_MAX], other[BT_METRIC_SLOT_NAME_MAX];

	(void)state;
	assert_true(nr <= BT_METRIC_SLOTS_MAX);
	print_message("# %zu of %d slots\n", nr, BT_METRIC_SLOTS_MAX);
	for (size_t m = 0; m < BT_METRIC_NR; m++) {
		const struct bt_metric_def *d = &bt_metrics[m];
		size_t len;

		assert_non_null(d->name);
		len = strlen(d->name);
		assert_int_equal(strncmp(d->name, "batho_", 6), 0);
		assert_int_equal(strspn(d->name, "abcdefghijklmnopqrstuvwxyz_"), len);
		/* counters end with _total, histograms with their unit */
		assert_int_equal(d->type == BT_METRIC_COUNTER, !strcmp(d->name + len - 6, "_total"));
		assert_int_equal(!!d->buckets_us, d->type == BT_METRIC_HISTOGRAM);
		assert_true(!d->label || d->values || d->type == BT_METRIC_GAUGE);
		assert_int_equal(d->help[strlen(d->help) - 1], '.');
		for (size_t i = 1; d->buckets_us && d->buckets_us[i]; i++)
			assert_true(d->buckets_us[i] > d->buckets_us[i - 1]);
	}
	for (size_t i = 0; i < nr; i++)
		for (size_t j = 0; j < i; j++) {
			bt_metric_slot_name(i, name);
			bt_metric_slot_name(j, other);
			assert_string_not_equal(name, other);
		}
	bt_metric_slot_name(bt_metric_slot(BT_METRIC_ERRORS, bt_metric_value_find(BT_METRIC_ERRORS, "index")), name);
	assert_string_equal(name, "batho_errors_total{command=index}");
	assert_string_equal(bt_metrics[BT_METRIC_ERRORS].values[bt_metric_value_find(BT_METRIC_ERRORS, "nonsense")], "other");
}

/* --- the tally --- */

static char dir[64], path[80];

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/batho-tally-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/tally", dir);
	bt_metric_forget();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	chmod(dir, 0700);
	unlink(path);
	rmdir(path);
	return rmdir(dir);
}

static uint64_t tallied(enum bt_metric m, unsigned value)
{
	struct bt_tally *t = bt_tally_open(dir);
	uint64_t n = t ? bt_tally_get(t, bt_metric_slot(m, value)) : UINT64_MAX;

	bt_tally_close(&t);
	return n;
}

static void test_tally(void **state)
{
	struct bt_tally *t;
	struct stat st;

	(void)state;
	bt_count(BT_METRIC_CACHE_HITS, 0, 5);
	bt_tally_flush(dir, 0, false);
	assert_int_equal(access(path, F_OK), -1);
	bt_tally_flush(dir, 0, true);
	assert_int_equal(tallied(BT_METRIC_CACHE_HITS, 0), 5);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	bt_count(BT_METRIC_CACHE_HITS, 0, 2);
	bt_tally_flush(dir, 0, true);
	bt_tally_flush(dir, 0, true);	/* nothing twice */
	assert_int_equal(tallied(BT_METRIC_CACHE_HITS, 0), 7);
	t = bt_tally_open(dir);
	assert_int_equal(bt_tally_take(t, bt_metric_slot(BT_METRIC_CACHE_HITS, 0)), 7);
	bt_tally_close(&t);
	assert_int_equal(tallied(BT_METRIC_CACHE_HITS, 0), 0);
}

static void test_shared(void **state)
{
	struct stat st;

	(void)state;
	bt_count(BT_METRIC_CACHE_HITS, 0, 1);
	bt_tally_flush(dir, 0660, true);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
}

static void test_several(void **state)
{
	enum { PROCESSES = 6, TIMES = 500 };
	pid_t pids[PROCESSES];

	(void)state;
	bt_count(BT_METRIC_CACHE_HITS, 0, 1);
	bt_tally_flush(dir, 0, true);
	for (int p = 0; p < PROCESSES; p++) {
		pids[p] = fork();
		if (pids[p])
			continue;
		for (int i = 0; i < TIMES; i++) {
			bt_count(BT_METRIC_CACHE_HITS, 0, 1);
			bt_observe_us(BT_METRIC_PARSE_SECONDS, 0, 700);
			bt_tally_flush(dir, 0, true);
		}
		_exit(0);
	}
	for (int p = 0; p < PROCESSES; p++)
		waitpid(pids[p], NULL, 0);
	assert_int_equal(tallied(BT_METRIC_CACHE_HITS, 0), PROCESSES * TIMES + 1);
}

/* What is not ours is replaced, what is no file is left alone; nobody fails. */
static void test_foreign(void **state)
{
	static const size_t sizes[] = { 0, 1, 63, 4095, 4096, 4097, 100000 };
	char zeros[4096] = { 0 };

	(void)state;
	for (size_t i = 0; i < BT_ARRAY_NR(sizes); i++) {
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		for (size_t at = 0; at < sizes[i]; at += sizeof(zeros))
			assert_true(write(fd, zeros, sizes[i] - at < sizeof(zeros) ? sizes[i] - at : sizeof(zeros)) > 0);
		close(fd);
		bt_count(BT_METRIC_CACHE_MISSES, 0, 3);
		bt_tally_flush(dir, 0, true);
		assert_int_equal(tallied(BT_METRIC_CACHE_MISSES, 0), 3);
	}
	unlink(path);
	assert_int_equal(symlink("/nonexistent/elsewhere", path), 0);
	bt_count(BT_METRIC_CACHE_MISSES, 0, 3);
	bt_tally_flush(dir, 0, true);
	assert_null(bt_tally_open(dir));
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	bt_tally_flush(dir, 0, true);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	bt_tally_flush(dir, 0, true);
	assert_null(bt_tally_open(dir));
	bt_tally_flush("/nonexistent/folder", 0, true);
	rmdir(path);
	/* what could not be added is still counted */
	bt_tally_flush(dir, 0, true);
	assert_int_equal(tallied(BT_METRIC_CACHE_MISSES, 0), 3);
}

/* --- the text, read back --- */

struct series {
	char name[80], labels[160];
	double value;
};
struct parsed {
	struct series list[2000];
	size_t nr;
	char types[BT_METRIC_NR][2][80];
	size_t types_nr;
};

static const char *type_of(const struct parsed *p, const char *name)
{
	for (size_t i = 0; i < p->types_nr; i++)
		if (!strcmp(p->types[i][0], name))
			return p->types[i][1];
	return NULL;
}

/* The family of a series: of a histogram without what stands behind its name. */
static void family_of(const struct parsed *p, const char *name, char *ret)
{
	static const char *const ends[] = { "_bucket", "_sum", "_count" };

	strcpy(ret, name);
	for (size_t i = 0; i < BT_ARRAY_NR(ends); i++) {
		size_t len = strlen(name), end = strlen(ends[i]);

		if (len <= end || strcmp(name + len - end, ends[i]))
			continue;
		ret[len - end] = '\0';
		if (type_of(p, ret) && !strcmp(type_of(p, ret), "histogram"))
			return;
		strcpy(ret, name);
	}
}

static const char *parse_labels(const char *at, char *ret)
{
	char *out = ret;

	assert_int_equal(*at++, '{');
	while (*at != '}') {
		assert_true(isalpha((unsigned char)*at) || *at == '_');
		while (*at != '=') {
			assert_true(isalnum((unsigned char)*at) || *at == '_');
			*out++ = *at++;
		}
		*out++ = *at++;
		assert_int_equal(*at++, '"');
		while (*at != '"') {
			assert_int_not_equal(*at, '\n');
			if (*at == '\\') {
				at++;
				assert_non_null(strchr("\\\"n", *at));
			}
			*out++ = *at++;
		}
		at++;
		*out++ = ';';
		if (*at == ',')
			at++;
		else
			assert_int_equal(*at, '}');
	}
	*out = '\0';
	return at + 1;
}

static void parse(const char *text, struct parsed *p)
{
	char current[80] = "";

	memset(p, 0, sizeof(*p));
	while (*text) {
		const char *end = strchr(text, '\n');
		struct series *s = &p->list[p->nr];
		char family[80], *rest;
		size_t len;

		assert_non_null(end);	/* the last line has one, too */
		if (!strncmp(text, "# HELP ", 7)) {
			snprintf(current, sizeof(current), "%.*s", (int)strcspn(text + 7, " "), text + 7);
			assert_null(type_of(p, current));	/* one group per metric */
			text = end + 1;
			assert_int_equal(strncmp(text, "# TYPE ", 7), 0);
			assert_int_equal(strncmp(text + 7, current, strlen(current)), 0);
			end = strchr(text, '\n');
			strcpy(p->types[p->types_nr][0], current);
			snprintf(p->types[p->types_nr++][1], 80, "%.*s", (int)(end - text - 8 - (int)strlen(current)),
				 text + 8 + strlen(current));
			text = end + 1;
			continue;
		}
		len = strcspn(text, "{ ");
		memcpy(s->name, text, len);
		text += len;
		if (*text == '{')
			text = parse_labels(text, s->labels);
		assert_int_equal(*text++, ' ');
		s->value = strtod(text, &rest);
		assert_ptr_equal(rest, end);
		family_of(p, s->name, family);
		assert_string_equal(family, current);
		for (size_t i = 0; i < p->nr; i++)
			assert_true(strcmp(p->list[i].name, s->name) || strcmp(p->list[i].labels, s->labels));
		p->nr++;
		text = end + 1;
	}
}

static double value_of(const struct parsed *p, const char *name, const char *labels)
{
	for (size_t i = 0; i < p->nr; i++)
		if (!strcmp(p->list[i].name, name) && !strcmp(p->list[i].labels, labels))
			return p->list[i].value;
	return -1;
}

static double distance(double a, double b)
{
	return a > b ? a - b : b - a;
}

/* Buckets rise, the last is +Inf and equals the count. */
static void check_histograms(const struct parsed *p)
{
	double before = 0, bound = -1, le;
	char bucket[80], count[80];

	for (size_t i = 0; i < p->nr; i++) {
		const struct series *s = &p->list[i];
		const char *at = strstr(s->labels, "le=");
		size_t len = strlen(s->name);

		if (len < 7 || strcmp(s->name + len - 7, "_bucket"))
			continue;
		assert_non_null(at);
		le = !strncmp(at + 3, "+Inf", 4) ? 1e300 : strtod(at + 3, NULL);
		assert_true(le > bound && s->value >= before);
		before = s->value;
		bound = le;
		if (le < 1e300)
			continue;
		strcpy(bucket, s->name);
		bucket[len - 7] = '\0';
		snprintf(count, sizeof(count), "%s_count", bucket);
		{
			char labels[160];

			snprintf(labels, sizeof(labels), "%.*s", (int)(at - s->labels), s->labels);
			assert_true(value_of(p, count, labels) == s->value);
		}
		before = 0;
		bound = -1;
	}
}

static void test_exposition(void **state)
{
	BT_FIGURES_OWNED struct bt_figures f = { .samples_nr = 0 };
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	BT_FREE struct parsed *p = bt_xcalloc(1, sizeof(*p));

	(void)state;
	bt_observe_us(BT_METRIC_INDEX_SECONDS, 0, 1);
	bt_observe_us(BT_METRIC_INDEX_SECONDS, 0, 10000);	/* on the bound: within */
	bt_observe_us(BT_METRIC_INDEX_SECONDS, 0, 10001);
	bt_observe_us(BT_METRIC_INDEX_SECONDS, 0, INT64_C(7200) * 1000000);
	bt_observe_us(BT_METRIC_HOOK_SECONDS, 3, 20000);
	bt_observe_us(BT_METRIC_HOOK_SECONDS, 3, -5);
	bt_count(BT_METRIC_PARSE_KILLED, BT_KILL_MEMORY, 7);
	for (size_t i = 0; i < bt_metric_slots_nr(); i++)
		f.slots[i] = bt_metric_take(i);
	bt_figures_gauge(&f, BT_METRIC_BUILD_INFO, "1.0 \"a\\b\"\n", 1);
	bt_figures_gauge(&f, BT_METRIC_DB_BYTES, "index", 9007199254740991.0);
	bt_figures_gauge(&f, BT_METRIC_CACHE_HIT_RATIO, NULL, 1.0 / 3);
	bt_exposition_write(&f, &text);
	assert_int_equal(text.data[text.len - 1], '\n');
	parse(bt_buf_cstr(&text), p);
	check_histograms(p);
	assert_true(value_of(p, "batho_index_duration_seconds_bucket", "le=0.01;") == 2);
	assert_true(value_of(p, "batho_index_duration_seconds_bucket", "le=0.05;") == 3);
	assert_true(value_of(p, "batho_index_duration_seconds_bucket", "le=1800;") == 3);
	assert_true(value_of(p, "batho_index_duration_seconds_bucket", "le=+Inf;") == 4);
	assert_true(distance(value_of(p, "batho_index_duration_seconds_sum", ""), 7200.020002) < 1e-9);
	assert_true(value_of(p, "batho_hook_duration_seconds_bucket", "event=pre-push;le=0.025;") == 2);
	assert_true(value_of(p, "batho_parse_killed_total", "reason=memory;") == 7);
	assert_true(value_of(p, "batho_db_bytes", "db=index;") == 9007199254740991.0);
	assert_true(distance(value_of(p, "batho_cache_hit_ratio", ""), 1.0 / 3) < 1e-12);
	assert_non_null(strstr(bt_buf_cstr(&text), "version=\"1.0 \\\"a\\\\b\\\"\\n\""));
	assert_null(type_of(p, "batho_snapshot_count"));	/* nobody looked */
	assert_string_equal(type_of(p, "batho_errors_total"), "counter");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test_setup_teardown(test_tally, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(test_several, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign, setup, teardown),
		cmocka_unit_test_setup_teardown(test_exposition, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
