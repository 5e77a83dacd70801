/*
 * Hooks: are those that were installed the ones that git runs?
 */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "git-batho/doctor/doctor.h"
#include "git-batho/spawn.h"
#include "hooks/shim.h"
#include "hooks/site.h"

#define AGAIN "git batho hooks install"
#define SCRIPT_MAX ((size_t)1 << 20)

/* Is the script the one that would be installed today? */
static bool is_current(enum bt_hook_event event, const char *path)
{
	BT_FREE char *program = NULL, *judge = NULL;
	BT_BUF_OWNED struct bt_buf have = BT_BUF_INIT, want = BT_BUF_INIT;
	struct bt_err none = BT_ERR_INIT;
	struct bt_shim_paths paths;

	if (bt_file_program_path(&program, &none) || bt_file_read(path, SCRIPT_MAX, &have, &none))
		return true;
	if (bt_indexer_path(&judge, &none))
		judge = NULL;
	paths = (struct bt_shim_paths){ program, judge };
	bt_shim_script(&bt_hooks[event], &paths, &want);
	return have.len == want.len && !memcmp(bt_buf_cstr(&have), bt_buf_cstr(&want), want.len);
}

/* What is wrong with one that is there; true when it works. */
static bool look_at_file(struct doctor *d, enum bt_hook_event event, const struct bt_site_hook *h)
{
	const char *name = bt_hooks[event].name;
	BT_FREE char *fix = NULL;

	if (access(h->path, X_OK)) {
		fix = bt_xasprintf("chmod +x '%s'", h->path);
		doctor_say(d, DOCTOR_WARNING, fix, "%s is installed and cannot be executed: git passes it over", name);
		return false;
	}
	if (h->configured) {
		doctor_say(d, DOCTOR_WARNING, "git batho hooks uninstall && " AGAIN, "%s is installed twice, as a file and as a setting", name);
		return false;
	}
	if (!is_current(event, h->path)) {
		fix = bt_xasprintf(AGAIN " --event %s", name);
		doctor_say(d, DOCTOR_NOTE, fix, "%s was installed by another git-batho, or has been changed", name);
	}
	return true;
}

/* One of ours in the repository's own folder, where git does not look. */
static bool is_bypassed(const struct doctor *d, enum bt_hook_event event)
{
	BT_FREE char *path = bt_xasprintf("%s/hooks/%s", d->c->repo.common_dir, bt_hooks[event].name);
	BT_BUF_OWNED struct bt_buf text = BT_BUF_INIT;
	struct bt_err none = BT_ERR_INIT;

	return !bt_file_read(path, SCRIPT_MAX, &text, &none) && bt_shim_is_ours(bt_buf_cstr(&text), text.len);
}

static void look_at_event(struct doctor *d, const struct bt_site *s, enum bt_hook_event event, struct bt_buf *active, unsigned *ret_bad)
{
	BT_CLEANUP(bt_site_hook_release) struct bt_site_hook h = { .path = NULL };
	const char *name = bt_hooks[event].name;
	struct bt_err err = BT_ERR_INIT;
	bool works = false, said = true;

	if (bt_site_look(s, event, &h, &err)) {
		doctor_say_err(d, DOCTOR_WARNING, &err, NULL);
	} else if (h.ours && s->kind != BT_SITE_OFF) {
		works = look_at_file(d, event, &h);
		said = !works;
	} else if (h.configured) {
		works = true;
		said = false;
	} else if (h.saved) {
		doctor_say(d, DOCTOR_WARNING, AGAIN, "%s was %s since it was installed%s%s", name, h.present ? "overwritten" : "removed",
			   h.manager ? " by " : "", h.manager ? h.manager : "");
	} else if (s->kind != BT_SITE_OWN && is_bypassed(d, event)) {
		doctor_say(d, DOCTOR_WARNING, AGAIN, "%s is installed in '%s/hooks', where git does not look: core.hooksPath (%s) is '%s'", name,
			   d->c->repo.common_dir, s->scope, s->hooks_path);
	} else {
		said = false;
	}
	if (works)
		bt_buf_addf(active, "%s%s", active->len ? ", " : "", name);
	*ret_bad += said;
}

void doctor_hooks(struct doctor *d)
{
	BT_SITE_OWNED struct bt_site s = BT_SITE_INIT;
	BT_BUF_OWNED struct bt_buf active = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;
	unsigned bad = 0;

	if (bt_site_find(&d->c->repo, false, &s, &err)) {
		doctor_say_err(d, DOCTOR_WARNING, &err, NULL);
		return;
	}
	for (int i = 0; i < BT_HOOK_NR; i++)
		look_at_event(d, &s, (enum bt_hook_event)i, &active, &bad);
	if (active.len)
		doctor_say(d, DOCTOR_OK, NULL, "git runs %s", bt_buf_cstr(&active));
	else if (!bad)
		doctor_say(d, DOCTOR_NOTE, AGAIN, "none of git-batho are installed");
	if (s.kind == BT_SITE_OFF)
		doctor_say(d, DOCTOR_NOTE, NULL, "core.hooksPath (%s) is '%s': git runs no hook", s.scope, s.hooks_path);
}
