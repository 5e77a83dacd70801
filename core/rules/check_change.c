/*
 * Rules about a change as a whole: paths, policy, other blobs. They are analyses with `of_change` set; each has its function
 * here, adds findings with check_add_of_change, and is called only when one of its rules is in force.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/rules/check_state.h"

/* Whoever changes what is judged by is seen. */
static int policy_change(struct check *k)
{
	for (size_t i = 0; i < k->files_nr && !k->o->everything; i++) {
		const struct check_file *f = &k->files[i];

		if (!strncmp(f->in->path, BT_POLICY_DIR "/", strlen(BT_POLICY_DIR "/")))
			check_add_of_change(k, f, "policy-change", 0, 0, 0, true, NULL, 0);
	}
	return 0;
}

/* By the id of the rule. */
static const struct {
	const char *rule;
	int (*run)(struct check *k);
} runs[] = {
	{ "policy-change", policy_change },
};

int check_change(struct check *k)
{
	for (size_t i = 0; i < BT_ARRAY_NR(runs); i++) {
		const struct bt_rule *r = bt_ruleset_find(&k->c->rules, runs[i].rule, strlen(runs[i].rule));
		int rc = r && r->info.severity != BT_SEVERITY_OFF ? runs[i].run(k) : 0;

		if (rc)
			return rc;
	}
	return 0;
}
