/*
 * Folds commits onto a tip and tells what became of each and what it took:
 *	fold_bench [--stack] [--truth] [--sign] TIP COMMIT... | -
 * in the repository of the current folder; with '-' the commits come from stdin, one a line. No ref is moved.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "core/base/mem.h"
#include "core/base/signal.h"
#include "core/batch/fold/fold.h"

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_of(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void members_add(struct bt_fold *f, size_t *alloc, struct bt_repo *repo, const char *spec)
{
	struct bt_rev rev = { .spec = spec };
	struct bt_err err = BT_ERR_INIT;

	BT_GROW(f->members, *alloc, f->members_nr + 1);
	if (strlen(spec) != 2 * repo->oid_len || bt_oid_parse(spec, strlen(spec), &rev.commit, &err))
		if (bt_repo_resolve(repo, &rev, 1, &err)) {
			fprintf(stderr, "fold_bench: %s\n", err.msg);
			exit(128);
		}
	f->members[f->members_nr] = (struct bt_fold_member){ .commit = rev.commit,
							     .key = bt_xasprintf("%016zx", f->members_nr + 1) };
	f->members_nr++;
}

static void tell(const struct bt_fold *f)
{
	static const char *const outcomes[] = { "taken", "empty", "conflict" };
	size_t nr[3] = { 0 }, shortcuts = 0;
	char hex[BT_OID_HEX_MAX + 1];

	for (size_t i = 0; i < f->members_nr; i++) {
		const struct bt_fold_member *m = &f->members[i];

		nr[m->outcome]++;
		shortcuts += m->by_shortcut;
		printf("%s %s%s", bt_oid_hex(&m->commit, hex), outcomes[m->outcome], m->by_shortcut ? " shortcut" : "");
		for (char **p = m->paths; p && *p; p++)
			printf(" '%s'", *p);
		if (m->outcome == BT_FOLD_CONFLICT && m->with_member != SIZE_MAX)
			printf(" with member %zu", m->with_member);
		if (m->with_commit.len)
			printf(" with %s", bt_oid_hex(&m->with_commit, hex));
		putchar('\n');
	}
	printf("commit %s", f->commit.len ? bt_oid_hex(&f->commit, hex) : "-");
	printf(" tree %s\n", f->tree.len ? bt_oid_hex(&f->tree, hex) : "-");
	printf("%zu taken, %zu empty, %zu conflicts; %zu by the shortcut\n", nr[0], nr[1], nr[2], shortcuts);
}

int main(int argc, char **argv)
{
	struct bt_fold f = { .style = BT_FOLD_SQUASH, .batch_key = "0123456789abcdef",
			     .committer = "Batho <batho@example.com> 1700000000 +0100" };
	struct bt_rev tip = { .optional = true };
	struct bt_err err = BT_ERR_INIT;
	struct bt_repo repo;
	size_t alloc = 0;
	double start, cpu;
	char line[256];
	int i = 1, rc;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--stack"))
			f.style = BT_FOLD_STACK;
		f.no_shortcut = f.no_shortcut || !strcmp(argv[i], "--truth");
		f.sign = f.sign || !strcmp(argv[i], "--sign");
	}
	if (i >= argc)
		return 129;
	bt_cancel_install();
	tip.spec = argv[i++];
	if (bt_repo_open(&repo, &tip, 1, &err)) {
		fprintf(stderr, "fold_bench: %s\n", err.msg);
		return 128;
	}
	f.tip = tip.commit;
	for (; i < argc && strcmp(argv[i], "-") != 0; i++)
		members_add(&f, &alloc, &repo, argv[i]);
	while (i < argc && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, " \n")] = '\0';
		members_add(&f, &alloc, &repo, line);
	}
	start = seconds();
	cpu = cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
	rc = bt_fold(&repo, &f, &err);
	start = seconds() - start;
	cpu = cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN) - cpu;
	if (rc)
		fprintf(stderr, "fold_bench: %s\n", err.msg);
	else
		tell(&f);
	printf("%zu members: %.1f ms, %.1f ms of CPU; %.3f and %.3f ms each\n", f.members_nr, start * 1e3, cpu * 1e3,
	       start * 1e3 / (double)f.members_nr, cpu * 1e3 / (double)f.members_nr);
	bt_fold_release(&f);
	for (size_t k = 0; k < f.members_nr; k++)
		free((char *)(uintptr_t)f.members[k].key);
	free(f.members);
	bt_repo_release(&repo);
	return rc ? 128 : 0;
}
