/*
 * git batho doctor: the table of checks, and how what they say looks. A repository that cannot be opened is a finding like others.
 */
#include "git-batho/doctor/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/signal.h"
#include "git-batho/commands.h"

/* In the order in which they are shown: what others rest on comes first. */
static const struct doctor_check checks[] = {
	{ "git", 0, doctor_git },
	{ "repository", 0, doctor_repository },
	{ "owner", DOCTOR_NEEDS_REPO, doctor_owner },
	{ "configuration", DOCTOR_NEEDS_REPO, doctor_configuration },
	{ "head", DOCTOR_NEEDS_REPO, doctor_head },
	{ "features", DOCTOR_NEEDS_REPO, doctor_features },
	{ "permissions", DOCTOR_NEEDS_REPO, doctor_permissions },
	{ "disk", DOCTOR_NEEDS_REPO, doctor_disk },
	{ "file-system", DOCTOR_NEEDS_REPO, doctor_file_system },
	{ "leftovers", DOCTOR_NEEDS_REPO, doctor_leftovers },
	{ "index", DOCTOR_NEEDS_REPO, doctor_index },
	{ "queue", DOCTOR_NEEDS_REPO, doctor_queue },
	{ "executor", DOCTOR_NEEDS_REPO | DOCTOR_NEEDS_CONF, doctor_executor },
	{ "pins", DOCTOR_NEEDS_REPO, doctor_pins },
	{ "hooks", DOCTOR_NEEDS_REPO, doctor_hooks },
	{ "programs", 0, doctor_programs },
	{ "sandbox", 0, doctor_sandbox },
	{ "grammars", 0, doctor_grammars },
	{ "clock", 0, doctor_clock },
};

static const struct {
	const char *name;
	enum bt_color color;
} levels[DOCTOR_LEVEL_NR] = {
	[DOCTOR_OK] = { "ok", BT_COLOR_GOOD },
	[DOCTOR_NOTE] = { "note", BT_COLOR_NOTE },
	[DOCTOR_WARNING] = { "warning", BT_COLOR_WARN },
	[DOCTOR_ERROR] = { "error", BT_COLOR_BAD },
};

/* Columns of the text for people. */
#define NAME_AT 9
#define TEXT_AT 24

static void print(struct doctor *d, enum doctor_level level, const char *text, const char *fix)
{
	struct bt_out *out = d->c->out;

	bt_out_record(out, "check");
	bt_out_cstr(out, "name", d->at->name);
	bt_out_cstr(out, "status", levels[level].name);
	bt_out_cstr(out, "detail", text);
	bt_out_cstr(out, "fix", fix);
	bt_out_record_end(out);
	if (d->c->common.quiet && level < DOCTOR_WARNING)
		return;
	bt_out_textf(out, levels[level].color, "%s", levels[level].name);
	bt_out_pad(out, NAME_AT);
	bt_out_textf(out, BT_COLOR_NAME, "%s", d->at->name);
	bt_out_pad(out, TEXT_AT);
	bt_out_textf(out, BT_COLOR_NONE, "%s", text);
	bt_out_nl(out);
	if (!fix)
		return;
	bt_out_pad(out, TEXT_AT);
	bt_out_textf(out, BT_COLOR_NOTE, "-> %s", fix);
	bt_out_nl(out);
}

void doctor_say(struct doctor *d, enum doctor_level level, const char *fix, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	d->nr[level]++;
	print(d, level, text, fix);
}

void doctor_say_err(struct doctor *d, enum doctor_level level, const struct bt_err *err, const char *fix)
{
	doctor_say(d, level, err->hint[0] ? err->hint : fix, "%s", err->msg[0] ? err->msg : "a program failed without a word");
}

static void print_sum(struct doctor *d, const char *status)
{
	struct bt_out *out = d->c->out;
	unsigned wrong = d->nr[DOCTOR_WARNING] + d->nr[DOCTOR_ERROR];

	bt_out_record(out, "doctor");
	bt_out_cstr(out, "status", status);
	bt_out_uint(out, "errors", d->nr[DOCTOR_ERROR]);
	bt_out_uint(out, "warnings", d->nr[DOCTOR_WARNING]);
	bt_out_uint(out, "notes", d->nr[DOCTOR_NOTE]);
	bt_out_record_end(out);
	if (d->c->common.quiet)
		return;
	if (wrong)
		bt_out_textf(out, BT_COLOR_BAD, "%u thing%s need%s attention", wrong, wrong == 1 ? "" : "s", wrong == 1 ? "s" : "");
	else
		bt_out_textf(out, BT_COLOR_GOOD, "nothing needs attention");
	bt_out_nl(out);
}

static bool can_look(const struct doctor *d, const struct doctor_check *check)
{
	return (d->repo || !(check->needs & DOCTOR_NEEDS_REPO)) && (d->conf || !(check->needs & DOCTOR_NEEDS_CONF));
}

static int run_doctor(struct bt_context *c, void *opts BT_UNUSED, const struct bt_args *args, struct bt_err *err)
{
	struct doctor d = { .c = c };
	bool bad;

	if (args->nr)
		return bt_err_set(err, BT_ERR_USAGE, "doctor takes no argument");
	bt_context_repo(c, &d.trouble);
	d.repo = c->store_dir;
	d.conf = c->conf;
	for (size_t i = 0; i < BT_ARRAY_NR(checks); i++) {
		if (bt_cancel_check(err))
			return err->code;
		d.at = &checks[i];
		if (can_look(&d, d.at))
			d.at->look(&d);
	}
	bad = d.nr[DOCTOR_WARNING] || d.nr[DOCTOR_ERROR];
	print_sum(&d, d.nr[DOCTOR_ERROR] ? "error" : bad ? "warning" : "ok");
	return bad ? 1 : 0;
}

static const char *const doctor_usage[] = { "[<options>]", NULL };

const struct bt_command bt_cmd_doctor = {
	.name = "doctor",
	.summary = "what is wrong here, and what puts it right",
	.usage = doctor_usage,
	.flags = BT_PAGES,
	.run = run_doctor,
};
