/*
 * Patterns, attributes and limits: choosing files and hashing the choice.
 */
#include "core/index/selection.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/base/opt.h"
#include "core/git/repo.h"
#include "core/lang/langs.h"

static int read_outer(struct bt_repo *repo, const struct bt_conf *conf, struct bt_buf *user,
		      struct bt_buf *info, struct bt_err *err)
{
	return bt_attr_outer_read(repo, bt_conf_git(conf, "core.attributesfile"), user, info, err);
}

/* Another number makes other ids: trees are walked anew. */
#define SELECTION_VERSION 2

static int parse_patterns(const struct bt_value *v, struct bt_pattern **ret, size_t *ret_nr,
			  struct bt_err *err)
{
	*ret = bt_xcalloc(v->list_nr + 1, sizeof(**ret));
	for (*ret_nr = 0; *ret_nr < v->list_nr; (*ret_nr)++)
		if (bt_pattern_parse(v->list[*ret_nr], &(*ret)[*ret_nr], err)) {
			if (v->origin != BT_FROM_COMMAND)	/* nobody misused the program */
				err->code = BT_ERR_FAIL;
			return err->code;
		}
	return 0;
}

int bt_selection_init(struct bt_selection *s, struct bt_repo *repo, const struct bt_conf *conf,
		      struct bt_err *err)
{
	const char *icase = bt_conf_git(conf, "core.ignorecase");
	int rc;

	memset(s, 0, sizeof(*s));
	bt_buf_init(&s->user_attrs, 0);
	bt_buf_init(&s->info_attrs, 0);
	s->max_blob_size = (uint64_t)bt_conf_get(conf, BT_KEY_INDEX_MAX_BLOB_SIZE)->number;
	s->versions = bt_langs_version();
	s->ignore_case = icase && bt_text_bool(icase) == 1;
	s->attrs = bt_attr_stack_new(s->ignore_case);
	rc = parse_patterns(bt_conf_get(conf, BT_KEY_INDEX_INCLUDE), &s->include, &s->include_nr, err);
	if (!rc)
		rc = parse_patterns(bt_conf_get(conf, BT_KEY_INDEX_EXCLUDE), &s->exclude,
				    &s->exclude_nr, err);
	if (!rc)
		rc = read_outer(repo, conf, &s->user_attrs, &s->info_attrs, err);
	if (!rc)
		bt_attr_stack_set_outer(s->attrs, bt_buf_cstr(&s->user_attrs), s->user_attrs.len,
					bt_buf_cstr(&s->info_attrs), s->info_attrs.len);
	return rc;
}

void bt_selection_release(struct bt_selection *s)
{
	for (size_t i = 0; i < s->include_nr; i++)
		bt_pattern_release(&s->include[i]);
	for (size_t i = 0; i < s->exclude_nr; i++)
		bt_pattern_release(&s->exclude[i]);
	free(s->include);
	free(s->exclude);
	bt_attr_stack_free(&s->attrs);
	bt_buf_release(&s->user_attrs);
	bt_buf_release(&s->info_attrs);
	memset(s, 0, sizeof(*s));
}

int bt_selection_root(struct bt_repo *repo, const struct bt_conf *conf, uint64_t *ret_id,
		      struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf user = BT_BUF_INIT, info = BT_BUF_INIT;
	uint64_t h;
	int rc = read_outer(repo, conf, &user, &info, err);

	if (rc)
		return rc;
	h = bt_mix64(bt_conf_selection_hash(conf) ^ bt_langs_version());
	h = bt_hash64(bt_buf_cstr(&user), user.len, h);
	*ret_id = bt_hash64(bt_buf_cstr(&info), info.len, h ^ 0x726f6f74);
	return 0;
}

static uint64_t hash_text(const char *text, uint64_t seed)
{
	return bt_hash64(text, strlen(text), seed);
}

static bool any_matches(const struct bt_pattern *p, size_t nr, const char *path, bool ignore_case)
{
	for (size_t i = 0; i < nr; i++)
		if (bt_pattern_match(&p[i], path, ignore_case))
			return true;
	return false;
}

/* Does one of them match the folder, as a folder? Then it does all that is below. */
static bool any_matches_dir(const struct bt_pattern *p, size_t nr, const char *dir, bool ignore_case)
{
	BT_BUF_OWNED struct bt_buf path = BT_BUF_INIT;

	if (!nr || !*dir)
		return false;
	bt_buf_addf(&path, "%s/", dir);
	return any_matches(p, nr, bt_buf_cstr(&path), ignore_case);
}

static uint64_t hash_patterns(const struct bt_selection *s, const struct bt_pattern *p, size_t nr,
			      const char *dir, uint64_t h)
{
	h = bt_mix64(h ^ nr);
	if (any_matches_dir(p, nr, dir, s->ignore_case))
		return bt_mix64(h ^ 0x696e);
	for (size_t i = 0; i < nr; i++) {
		if (!p[i].anchored)
			h = hash_text(p[i].text, h);
		else if (bt_pattern_may_match_below(&p[i], dir))
			h = hash_text(dir, hash_text(p[i].text, h));
	}
	return h;
}

uint64_t bt_selection_dir(const struct bt_selection *s, const char *dir)
{
	BT_BUF_OWNED struct bt_buf above = BT_BUF_INIT;
	uint64_t h = bt_mix64(s->versions ^ s->max_blob_size ^ SELECTION_VERSION);

	h = hash_patterns(s, s->include, s->include_nr, dir, h);
	h = hash_patterns(s, s->exclude, s->exclude_nr, dir, h ^ s->ignore_case);
	bt_attr_effective_above(s->attrs, dir, &above);
	return bt_hash64(bt_buf_cstr(&above), above.len, h);
}

static bool is_set(const struct bt_attr_value *v)
{
	return v->state == BT_ATTR_SET || (v->state == BT_ATTR_VALUE && !strcmp(v->value, "true"));
}

static bool is_unset(const struct bt_attr_value *v)
{
	return v->state == BT_ATTR_UNSET || (v->state == BT_ATTR_VALUE && !strcmp(v->value, "false"));
}

enum bt_choice bt_selection_file(const struct bt_selection *s, const char *path, uint8_t *ret_flags,
				 const char **ret_language)
{
	struct bt_attr_value v[BT_ATTR_NR];

	*ret_flags = 0;
	*ret_language = NULL;
	if (s->include_nr && !any_matches(s->include, s->include_nr, path, s->ignore_case))
		return BT_CHOICE_SKIP;
	if (any_matches(s->exclude, s->exclude_nr, path, s->ignore_case))
		return BT_CHOICE_SKIP;
	bt_attr_lookup(s->attrs, path, v);
	if (is_unset(&v[BT_ATTR_BATHO]))
		return BT_CHOICE_SKIP;
	if (is_set(&v[BT_ATTR_LINGUIST_GENERATED]))
		*ret_flags |= BT_FILE_GENERATED;
	if (is_set(&v[BT_ATTR_LINGUIST_VENDORED]))
		*ret_flags |= BT_FILE_VENDORED;
	if (v[BT_ATTR_LINGUIST_LANGUAGE].state == BT_ATTR_VALUE)
		*ret_language = v[BT_ATTR_LINGUIST_LANGUAGE].value;
	if (v[BT_ATTR_BINARY].state == BT_ATTR_SET)
		return BT_CHOICE_BINARY;
	return BT_CHOICE_INDEX;
}

bool bt_selection_dir_excluded(const struct bt_selection *s, const char *dir)
{
	return any_matches(s->exclude, s->exclude_nr, dir, s->ignore_case);
}
