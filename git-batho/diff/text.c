/*
 * What `git batho diff` tells people, and words that records have too.
 */
#include <string.h>

#include "git-batho/diff/diff.h"

const struct bt_change_def *diff_now_or_then(const struct bt_change *ch)
{
	return ch->after ? ch->after : ch->before;
}

void diff_words(struct bt_buf *out, unsigned what, const char *separator)
{
	for (unsigned k = 0; k < BT_CHANGE_NR; k++) {
		if (!(what >> k & 1))
			continue;
		if (out->len)
			bt_buf_adds(out, separator);
		bt_buf_adds(out, bt_change_kind_name((enum bt_change_kind)k));
	}
}

const char *diff_unknown_state(const struct bt_change_side *s)
{
	return s->path && s->state != BT_BLOB_FACTS ? bt_blob_state_name(s->state) : NULL;
}

static void text_path(struct diff *d, const struct bt_change_side *s)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	bt_display_path(d->c, s->path, &path);
	bt_out_path(d->c->out, BT_COLOR_PATH, bt_buf_cstr(&path), path.len);
}

void diff_text(struct diff *d, enum bt_color color, const char *words)
{
	bt_out_text(d->c->out, color, words, strlen(words));
}

void diff_file_head(struct diff *d, const struct bt_change_file *f)
{
	const struct bt_change_side *s = f->after.path ? &f->after : &f->before;
	const char *state = diff_unknown_state(&f->after) ? diff_unknown_state(&f->after)
						     : diff_unknown_state(&f->before);

	text_path(d, s);
	if (f->kind == BT_CHANGE_FILE_RENAMED) {
		diff_text(d, BT_COLOR_NOTE, " (renamed from ");
		text_path(d, &f->before);
		diff_text(d, BT_COLOR_NOTE, ")");
	} else if (f->kind != BT_CHANGE_FILE_MODIFIED) {
		bt_out_textf(d->c->out, BT_COLOR_NOTE, " (%s)", bt_change_file_kind_name(f->kind));
	}
	if (!f->compared)
		bt_out_textf(d->c->out, BT_COLOR_NOTE, " (not compared: %s)",
			     state ? state : "unknown");
}

static enum bt_color change_color(const struct bt_change *ch)
{
	if (ch->kind == BT_CHANGE_ADDED)
		return BT_COLOR_GOOD;
	return ch->kind == BT_CHANGE_REMOVED ? BT_COLOR_BAD : BT_COLOR_WARN;
}

static void text_name(struct diff *d, const struct bt_change_def *def)
{
	if (def->scope) {
		bt_out_text(d->c->out, BT_COLOR_NAME, def->scope, def->scope_len);
		bt_out_text(d->c->out, BT_COLOR_NAME, ".", 1);
	}
	bt_out_text(d->c->out, BT_COLOR_NAME, def->name, def->name_len);
}

/* What else happened to it: where it was, what it was called, what changed besides. */
static void change_notes(struct diff *d, const struct bt_change *ch)
{
	BT_BUF_OWNED struct bt_buf more = BT_BUF_INIT;
	unsigned rest = ch->what & ~(1u << ch->kind) & ~(1u << BT_CHANGE_MOVED);

	if (ch->what >> BT_CHANGE_RENAMED & 1) {
		diff_text(d, BT_COLOR_NOTE, ", was ");
		text_name(d, ch->before);
	}
	if (ch->what >> BT_CHANGE_MOVED & 1) {
		diff_text(d, BT_COLOR_NOTE, ", from ");
		if (ch->before->file == ch->after->file && !(ch->what >> BT_CHANGE_RENAMED & 1))
			text_name(d, ch->before);
		else
			text_path(d, &d->set->files[ch->before->file].before);
		bt_out_textf(d->c->out, BT_COLOR_NOTE, ":%u", ch->before->row + 1);
	}
	diff_words(&more, rest, ", ");
	if (more.len) {
		diff_text(d, BT_COLOR_NOTE, ", ");
		bt_out_text(d->c->out, BT_COLOR_NOTE, more.data, more.len);
	}
}

static void signature_lines(struct diff *d, const struct bt_change *ch)
{
	static const char *const marks[2] = { "-", "+" };
	const struct bt_change_def *sides[2] = { ch->before, ch->after };

	if (!(ch->what >> BT_CHANGE_SIGNATURE & 1) || !ch->before->signature ||
	    !ch->after->signature)
		return;
	for (size_t i = 0; i < 2; i++) {
		enum bt_color color = i ? BT_COLOR_GOOD : BT_COLOR_BAD;

		bt_out_textf(d->c->out, color, "%24s %s ", "", marks[i]);
		bt_out_text(d->c->out, color, sides[i]->signature, sides[i]->signature_len);
		bt_out_nl(d->c->out);
	}
}

void diff_change_line(struct diff *d, const struct bt_change *ch, size_t members)
{
	const struct bt_change_def *def = diff_now_or_then(ch);

	bt_out_textf(d->c->out, change_color(ch), "  %-13s",
		     bt_change_kind_name((enum bt_change_kind)ch->kind));
	bt_out_textf(d->c->out, BT_COLOR_LINE, " %6u", def->row + 1);
	bt_out_textf(d->c->out, BT_COLOR_KIND, "  %s%s", bt_kind_name(def->kind),
		     def->flags & BT_DEF_DECL ? " (declaration)" : "");
	diff_text(d, BT_COLOR_NONE, " ");
	text_name(d, def);
	change_notes(d, ch);
	if (members)
		bt_out_textf(d->c->out, BT_COLOR_NOTE, ", with %zu inside", members);
	bt_out_nl(d->c->out);
	signature_lines(d, ch);
}

void diff_counts_text(struct diff *d, const uint64_t counts[BT_CHANGE_NR])
{
	const char *before = "";

	for (unsigned k = 0; k < BT_CHANGE_NR; k++) {
		if (!counts[k])
			continue;
		bt_out_textf(d->c->out, BT_COLOR_NONE, "%s%llu %s", before,
			     (unsigned long long)counts[k],
			     bt_change_kind_name((enum bt_change_kind)k));
		before = ", ";
	}
}
