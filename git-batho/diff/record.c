/*
 * What `git batho diff` tells programs: a record for each file and change.
 */
#include "git-batho/diff/diff.h"
#include "git-batho/print.h"

static void put_path(struct bt_out *out, const char *key, const struct bt_change_side *s)
{
	if (s->path)
		bt_out_str(out, key, s->path, s->path_len);
	else
		bt_out_null(out, key);
}

static int put_blob(struct diff *d, const char *key, const struct bt_change_side *s,
		    struct bt_err *err)
{
	struct bt_blob blob;

	if (s->path && s->oid.len) {
		bt_out_oid(d->c->out, key, &s->oid);
		return 0;
	}
	if (!s->path || !s->blob) {
		bt_out_null(d->c->out, key);
		return 0;
	}
	if (bt_store_blob_get(d->c->store, s->blob, &blob, err))
		return err->code;
	bt_out_oid(d->c->out, key, &blob.oid);
	return 0;
}

static void put_counts(struct bt_out *out, const uint64_t counts[BT_CHANGE_NR])
{
	for (unsigned k = 0; k < BT_CHANGE_NR; k++)
		bt_out_uint(out, bt_change_kind_name((enum bt_change_kind)k), counts[k]);
}

int diff_file_record(struct diff *d, const struct bt_change_file *f,
		       const uint64_t counts[BT_CHANGE_NR], struct bt_err *err)
{
	struct bt_out *out = d->c->out;

	if (bt_out_is_human(out))
		return 0;
	bt_out_record(out, "file");
	bt_out_cstr(out, "status", bt_change_file_kind_name(f->kind));
	put_path(out, "path", &f->after);
	put_path(out, "old_path", &f->before);
	if (put_blob(d, "blob", &f->after, err) || put_blob(d, "old_blob", &f->before, err))
		return err->code;
	bt_out_cstr(out, "language", f->lang);
	bt_out_bool(out, "compared", f->compared);
	bt_out_cstr(out, "state", diff_unknown_state(&f->after));
	bt_out_cstr(out, "old_state", diff_unknown_state(&f->before));
	bt_out_bool(out, "outside", f->outside);
	put_counts(out, counts);
	bt_out_record_end(out);
	return 0;
}

struct side_keys {
	const char *path, *line, *end_line, *kind, *name, *scope, *exported, *declaration,
		*signature, *signature_hash, *body_hash;
};

static const struct side_keys new_keys = {
	"path",	    "line",	   "end_line",	"kind",		  "name",      "scope",
	"exported", "declaration", "signature", "signature_hash", "body_hash",
};
static const struct side_keys old_keys = {
	"old_path",	 "old_line",	       "old_end_line",	"old_kind",
	"old_name",	 "old_scope",	       "old_exported",	"old_declaration",
	"old_signature", "old_signature_hash", "old_body_hash",
};

static void put_text(struct bt_out *out, const char *key, const char *text, size_t len)
{
	if (text)
		bt_out_str(out, key, text, len);
	else
		bt_out_null(out, key);
}

static void put_nothing(struct bt_out *out, const struct side_keys *k)
{
	const char *const keys[] = { k->path,	   k->line,	      k->end_line, k->kind,
				     k->name,	   k->scope,	      k->exported, k->declaration,
				     k->signature, k->signature_hash, k->body_hash };

	for (size_t i = 0; i < BT_ARRAY_NR(keys); i++)
		bt_out_null(out, keys[i]);
}

static void put_side(struct diff *d, const struct side_keys *k, const struct bt_change_side *s,
		     const struct bt_change_def *def)
{
	struct bt_out *out = d->c->out;

	if (!def) {
		put_nothing(out, k);
		return;
	}
	bt_out_str(out, k->path, s->path, s->path_len);
	bt_out_uint(out, k->line, def->row + 1);
	bt_out_uint(out, k->end_line, def->end_row + 1);
	bt_out_cstr(out, k->kind, bt_kind_name(def->kind));
	bt_out_str(out, k->name, def->name, def->name_len);
	put_text(out, k->scope, def->scope, def->scope_len);
	bt_out_bool(out, k->exported, def->flags & BT_DEF_EXPORTED);
	bt_out_bool(out, k->declaration, def->flags & BT_DEF_DECL);
	put_text(out, k->signature, def->signature, def->signature_len);
	if (def->flags & BT_DEF_HASHED) {
		bt_out_hex64(out, k->signature_hash, def->sig_hash);
		bt_print_body_hash(out, k->body_hash, def->body_hash);
	} else {
		bt_out_null(out, k->signature_hash);
		bt_out_null(out, k->body_hash);
	}
}

void diff_change_record(struct diff *d, const struct bt_change *ch)
{
	BT_BUF_OWNED struct bt_buf what = BT_BUF_INIT;
	const struct bt_change_file *files = d->set->files;
	struct bt_out *out = d->c->out;

	if (bt_out_is_human(out))
		return;
	diff_words(&what, ch->what, ",");
	bt_out_record(out, "change");
	bt_out_cstr(out, "change", bt_change_kind_name((enum bt_change_kind)ch->kind));
	bt_out_str(out, "what", bt_buf_cstr(&what), what.len);
	bt_out_bool(out, "inside", ch->inside);
	put_side(d, &new_keys, ch->after ? &files[ch->after->file].after : NULL, ch->after);
	put_side(d, &old_keys, ch->before ? &files[ch->before->file].before : NULL, ch->before);
	bt_out_record_end(out);
}

void diff_summary_record(struct diff *d, uint64_t others)
{
	struct bt_out *out = d->c->out;

	bt_out_record(out, "summary");
	bt_out_uint(out, "files", d->set->files_nr);
	bt_out_uint(out, "other_files", others);
	put_counts(out, d->counts);
	bt_out_bool(out, "cut", d->set->cut);
	bt_out_record_end(out);
}
