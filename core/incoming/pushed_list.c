/*
 * What git tells a hook of a push: a line for each reference.
 */
#include <string.h>

#include "core/base/file.h"
#include "core/incoming/read.h"

/* Lines of a push: 634 kB for 3,000 references. */
#define PUSHED_TEXT_MAX ((size_t)64 << 20)

int bt_pushed_add(struct bt_pushed *p, const char *old_hex, const char *new_hex, const char *name,
		  struct bt_err *err)
{
	struct bt_pushed_ref ref = { .name = NULL };

	if (bt_raw_oid(old_hex, &ref.old_oid, err) || bt_raw_oid(new_hex, &ref.new_oid, err))
		return bt_err_wrap(err, "cannot read what is pushed to '%s'", name);
	if (!ref.new_oid.len) {
		p->deleted_nr++;
		return 0;
	}
	ref.name = bt_arena_strndup(&p->arena, name, strlen(name));
	BT_GROW(p->refs, p->alloc, p->nr + 1);
	p->refs[p->nr++] = ref;
	return 0;
}

static int add_line(struct bt_pushed *p, enum bt_pushed_form form, char *line, struct bt_err *err)
{
	char *w[4];

	if (form == BT_PUSHED_SERVER && bt_raw_words(line, w, 3) == 3)
		return bt_pushed_add(p, w[0], w[1], w[2], err);
	/*
	 * The local name may be any revision that was typed; blanks in it are possible ("HEAD@{1 day
	 * ago}").
	 */
	if (form == BT_PUSHED_LOCAL) {
		char *last[3];
		size_t i = 0;

		while (i < 3 && (last[i] = strrchr(line, ' ')))
			*last[i++]++ = '\0';
		if (i == 3)
			return bt_pushed_add(p, last[0], last[2], last[1], err);
	}
	return bt_err_set(err, BT_ERR_CORRUPT, "cannot read the list of what is pushed");
}

int bt_pushed_read(struct bt_pushed *p, enum bt_pushed_form form, int fd, struct bt_err *err)
{
	BT_BUF_OWNED struct bt_buf line = BT_BUF_INIT;
	char bytes[65536];
	size_t len = 0, total = 0;
	int rc;

	do {
		rc = bt_fd_read_full(fd, bytes, sizeof(bytes), &len, "the list of what is pushed", err);
		if (rc)
			return rc;
		total += len;
		if (total > PUSHED_TEXT_MAX)
			return bt_err_set(err, BT_ERR_LIMIT, "the list of what is pushed is too long");
		for (char *at = bytes, *end = bytes + len; at < end;) {
			char *nl = memchr(at, '\n', (size_t)(end - at));

			bt_buf_add(&line, at, (size_t)((nl ? nl : end) - at));
			at = nl ? nl + 1 : end;
			if (!nl)
				break;
			bt_buf_cstr(&line);
			if (line.len && add_line(p, form, line.data, err))
				return err->code;
			bt_buf_clear(&line);
		}
	} while (len == sizeof(bytes));
	return line.len ? bt_err_set(err, BT_ERR_CORRUPT, "the list of what is pushed is cut off") : 0;
}
