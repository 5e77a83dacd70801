#include "core/base/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/limits.h"
#include "core/base/mem.h"
#include "core/base/metric.h"

#define TALLY_NAME "tally"
#define TALLY_MAGIC "bathoTLY"

/* Exactly one page, in the order of bytes of this machine: it never leaves it. */
struct bt_tally {
	char magic[8];
	uint64_t layout;
	uint64_t spare[6];
	_Atomic uint64_t slots[BT_METRIC_SLOTS_MAX];
};

_Static_assert(sizeof(struct bt_tally) == 4096, "the tally is one page");

static bool tally_path(const char *dir, char ret_path[BT_PATH_LEN_MAX])
{
	int len = snprintf(ret_path, BT_PATH_LEN_MAX, "%s/" TALLY_NAME, dir);

	return len > 0 && len < BT_PATH_LEN_MAX - 32;
}

/* Where the disk has no room for the page to be written, nobody may be killed for it: an old kernel does not tell. */
static bool page_ready(void *page)
{
#ifdef MADV_POPULATE_WRITE
	return !madvise(page, sizeof(struct bt_tally), MADV_POPULATE_WRITE) || errno == EINVAL;
#else
	(void)page;
	return true;
#endif
}

static struct bt_tally *map(int fd)
{
	struct bt_tally *t;
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size != (off_t)sizeof(*t))
		return NULL;
	t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (t == MAP_FAILED)
		return NULL;
	if (page_ready(t) && !memcmp(t->magic, TALLY_MAGIC, sizeof(t->magic)) && t->layout == bt_metric_layout())
		return t;
	munmap(t, sizeof(*t));
	return NULL;
}

static struct bt_tally *open_there(const char *path, bool *ret_foreign)
{
	BT_CLOSE int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct bt_tally *t = fd < 0 ? NULL : map(fd);
	struct stat st;

	if (fd < 0)
		*ret_foreign = errno == ENOENT;
	else
		*ret_foreign = !t && !fstat(fd, &st) && S_ISREG(st.st_mode);
	return t;
}

/* A whole page of bytes, so that there is room on the disk for all of it. */
static bool write_new(const char *path, unsigned mode)
{
	BT_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct bt_tally page = { .magic = "" };

	memcpy(page.magic, TALLY_MAGIC, sizeof(page.magic));
	page.layout = bt_metric_layout();
	return fd >= 0 && write(fd, &page, sizeof(page)) == (ssize_t)sizeof(page) && !fchmod(fd, mode);
}

/* In the place of what is there, if anything. Two that do so at once: one of them counts for nobody, once. */
static struct bt_tally *make_new(const char *path, unsigned mode)
{
	char temp[BT_PATH_LEN_MAX + 32];
	bool foreign;

	snprintf(temp, sizeof(temp), "%s.new-%ld", path, (long)getpid());
	if (!write_new(temp, mode) || rename(temp, path)) {
		unlink(temp);
		return NULL;
	}
	return open_there(path, &foreign);
}

struct bt_tally *bt_tally_open(const char *dir)
{
	char path[BT_PATH_LEN_MAX];
	bool foreign;

	return tally_path(dir, path) ? open_there(path, &foreign) : NULL;
}

void bt_tally_close(struct bt_tally **pt)
{
	if (*pt)
		munmap(*pt, sizeof(**pt));
	*pt = NULL;
}

uint64_t bt_tally_get(const struct bt_tally *t, size_t slot)
{
	return atomic_load_explicit(&t->slots[slot], memory_order_relaxed);
}

uint64_t bt_tally_take(struct bt_tally *t, size_t slot)
{
	return bt_tally_get(t, slot) ? atomic_exchange_explicit(&t->slots[slot], 0, memory_order_relaxed) : 0;
}

void bt_tally_add(struct bt_tally *t, size_t slot, uint64_t n)
{
	if (n)
		atomic_fetch_add_explicit(&t->slots[slot], n, memory_order_relaxed);
}

void bt_tally_flush(const char *dir, unsigned shared_mode, bool make)
{
	size_t nr = bt_metric_slots_nr();
	char path[BT_PATH_LEN_MAX];
	struct bt_tally *t;
	bool foreign;

	if (!tally_path(dir, path))
		return;
	t = open_there(path, &foreign);
	if (!t && foreign && make)
		t = make_new(path, 0600 | (shared_mode & 0666));
	for (size_t i = 0; t && i < nr; i++)
		bt_tally_add(t, i, bt_metric_take(i));
	bt_tally_close(&t);
}
