/*
 * Rules about a change as a whole: paths, policy, other blobs. They are analyses with `of_change` set; each has its function
 * here, adds findings with check_add_of_change, and is called only when one of its rules is in force.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/rules/radius/radius.h"

/* Whoever changes what is judged by is seen. */
static int policy_change(struct check *k)
{
	if (k->o->everything)
		return 0;
	for (size_t i = 0; i < k->files_nr; i++) {
		const struct check_file *f = &k->files[i];

		if (!strncmp(f->in->path, BT_POLICY_DIR "/", strlen(BT_POLICY_DIR "/")))
			check_add_of_change(k, f, "policy-change", 0, 0, 0, true, NULL, 0);
	}
	return check_attributes(k);
}

/* By the id of the rule. */
static const struct {
	const char *rule;
	int (*run)(struct check *k);
} runs[] = {
	{ "binary-file", check_binary_files },
	{ "large-file", check_large_files },
	{ "policy-change", policy_change },
	{ "signature-changed", radius_signatures },
	{ "removed-while-referenced", radius_removed },
	{ "wide-impact", radius_wide },
	{ "import-cycle", radius_import_cycles },
	{ "unresolved-import", radius_unresolved_imports },
	{ "ignored-must-check", radius_must_check },	/* what files declare themselves is found without it */
};

/* What a commit's hook found already is not given up because the index, which it could do without, is damaged. */
static int forgive(struct check *k, int rc)
{
	if (!rc || !k->o->hurry || rc == BT_ERR_CANCELED)
		return rc;
	*k->err = (struct bt_err)BT_ERR_INIT;
	return 0;
}

int check_change(struct check *k)
{
	for (size_t i = 0; i < BT_ARRAY_NR(runs); i++) {
		const struct bt_rule *r = bt_ruleset_find(&k->c->rules, runs[i].rule, strlen(runs[i].rule));
		int rc = r && r->info.severity != BT_SEVERITY_OFF ? runs[i].run(k) : 0;

		if (forgive(k, rc))
			return rc;
	}
	return 0;
}
