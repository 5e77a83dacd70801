/*
 * What git tells about changes, on any bytes: names and contents in it are whoever's. The first byte says which reader: a list
 * with whole files as patches behind it, a list with patches without context, or the lines of a push. They
 * refuse, or what they give holds what its header promises.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/incoming/read.h"
#include "tests/fuzz/fuzz.h"

static size_t count_lines(const char *data, size_t len)
{
	size_t nr = len && data[len - 1] != '\n';

	for (size_t i = 0; i < len; i++)
		nr += data[i] == '\n';
	return nr;
}

/* What is cut off may say that a last line is there and has nothing in it. */
static void check_lines(const struct bt_incoming_file *f, size_t rows)
{
	uint32_t at = 0;

	for (size_t i = 0; i < f->lines_nr; i++) {
		FUZZ_CHECK(f->lines[i].nr && f->lines[i].first >= at);
		at = f->lines[i].first + f->lines[i].nr;
		FUZZ_CHECK(at > f->lines[i].first && at <= rows + 1);
	}
}

static void check_files(const struct bt_incoming *in, size_t size, bool whole)
{
	size_t bytes = 0;

	for (size_t i = 0; i < in->nr; i++) {
		const struct bt_incoming_file *f = &in->files[i];

		FUZZ_CHECK(f->path_len && f->path_len < BT_PATH_LEN_MAX &&
			   strlen(f->path) == f->path_len);
		FUZZ_CHECK(!f->old_data || (f->old_oid.len && !f->old_data[f->old_len]));
		FUZZ_CHECK(!f->new_data || (f->new_oid.len && !f->new_data[f->new_len]));
		FUZZ_CHECK(f->lines_known || !f->lines_nr);
		bytes += f->path_len + (f->new_data ? f->new_len : 0);
		if (whole && f->new_data)
			check_lines(f, count_lines(f->new_data, f->new_len));
	}
	FUZZ_CHECK(bytes <= size);
}

static void read_changes(const uint8_t *data, size_t size, bool whole)
{
	BT_FREE char *text = bt_xcalloc(size + 1, 1); /* a NUL ends it */
	BT_INCOMING_OWNED struct bt_incoming in = BT_INCOMING_INIT;
	struct bt_err err = BT_ERR_INIT;
	const char *rest;

	memcpy(text, data, size);
	if (bt_incoming_take_raw(&in, text, size, &rest, &err))
		return;
	FUZZ_CHECK(rest >= text && rest <= text + size);
	if (whole)
		bt_incoming_take_patch(&in, rest, text + size);
	else
		bt_incoming_take_lines(&in, rest, text + size);
	check_files(&in, size, whole);
}

static void read_push(const uint8_t *data, size_t size, enum bt_pushed_form form)
{
	BT_PUSHED_OWNED struct bt_pushed p = BT_PUSHED_INIT;
	BT_CLOSE int fd = memfd_create("incoming_fuzz", MFD_CLOEXEC);
	struct bt_err err = BT_ERR_INIT;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET))
		abort();
	if (bt_pushed_read(&p, form, fd, &err))
		return;
	for (size_t i = 0; i < p.nr; i++)
		FUZZ_CHECK(p.refs[i].new_oid.len && strlen(p.refs[i].name) < size);
	FUZZ_CHECK(p.nr + p.deleted_nr <= size / 80);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0] % 4) {
	case 0:
		read_changes(data + 1, size - 1, true);
		break;
	case 1:
		read_changes(data + 1, size - 1, false);
		break;
	case 2:
		read_push(data + 1, size - 1, BT_PUSHED_LOCAL);
		break;
	default:
		read_push(data + 1, size - 1, BT_PUSHED_SERVER);
	}
	return 0;
}
