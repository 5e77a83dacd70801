/*
 * The folder of the index and the queue: whose it is, who may read it, how much room there is, what was left in it.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "git-batho/doctor/doctor.h"
#include "store/open.h"

/* With less than the first, nothing can be written; with less than the second it soon will be so. */
#define ROOM_MIN ((uint64_t)1 << 20)
#define ROOM_LOW ((uint64_t)128 << 20)
#define INODES_LOW 64
/* What is being made is done with after that. */
#define LEFT_AGE_S 3600

void doctor_owner(struct doctor *d)
{
	const char *dir = d->c->repo.common_dir;
	struct stat st;

	if (stat(dir, &st))
		doctor_say(d, DOCTOR_ERROR, NULL, "cannot look at '%s': %s", dir, strerror(errno));
	else if (st.st_uid != geteuid())
		doctor_say(d, DOCTOR_NOTE, NULL, "'%s' belongs to user %u, and you are %u: git allows it (safe.directory, or sudo)", dir,
			   (unsigned)st.st_uid, (unsigned)geteuid());
	else
		doctor_say(d, DOCTOR_OK, NULL, "the repository is yours");
}

/* --- permissions --- */

static unsigned shared_of(const struct doctor *d)
{
	return d->conf ? bt_conf_shared_mode(d->c->conf) : 0;
}

/* Modes and owner of one file or folder of ours; mode: no more than that. */
static void look_at(struct doctor *d, const char *path, unsigned mode, unsigned *bad)
{
	struct stat st;
	BT_FREE char *fix = NULL;

	if (lstat(path, &st)) {
		if (errno == ENOENT)
			return;
		doctor_say(d, DOCTOR_ERROR, NULL, "cannot look at '%s': %s", path, strerror(errno));
	} else if (S_ISLNK(st.st_mode)) {
		doctor_say(d, DOCTOR_ERROR, "put the real one in its place", "'%s' is a symbolic link, and none is followed", path);
	} else if ((st.st_mode & 0777) & ~mode) {
		fix = bt_xasprintf("chmod %04o '%s'", (unsigned)(st.st_mode & 0777 & mode), path);
		doctor_say(d, DOCTOR_WARNING, fix, "'%s' has mode %04o: others may look into it", path, (unsigned)st.st_mode & 0777);
	} else if (access(path, R_OK)) {
		fix = bt_xasprintf("sudo chown %u '%s'", (unsigned)geteuid(), path);
		doctor_say(d, DOCTOR_ERROR, fix, "'%s' cannot be read: %s", path, strerror(errno));
	} else if (st.st_uid != geteuid() && !shared_of(d) && geteuid()) {
		fix = bt_xasprintf("sudo chown %u '%s'", (unsigned)geteuid(), path);
		doctor_say(d, DOCTOR_WARNING, fix, "'%s' belongs to user %u", path, (unsigned)st.st_uid);
	} else {
		return;
	}
	(*bad)++;
}

void doctor_permissions(struct doctor *d)
{
	static const char *const names[] = { "index.db", "index.db-wal", "index.db-shm", "queue.db", "queue.db-wal", "queue.db-shm" };
	const char *dir = d->c->store_dir;
	unsigned shared = shared_of(d), bad = 0;

	look_at(d, dir, bt_store_folder_mode(shared) & 0777, &bad);
	for (size_t i = 0; i < BT_ARRAY_NR(names); i++) {
		BT_FREE char *path = bt_xasprintf("%s/%s", dir, names[i]);

		look_at(d, path, 0600 | (shared & 0666), &bad);
	}
	if (bad)
		return;
	if (!bt_context_can_write(d->c))
		doctor_say(d, DOCTOR_NOTE, "BATHO_STORE_DIR names another folder for the index",
			   "'%s' cannot be written: every question indexes for itself, and nothing can be queued", dir);
	else
		doctor_say(d, DOCTOR_OK, NULL, access(dir, F_OK) ? "the store can be made here" : "nobody else may look into the store");
}

/* --- the disk --- */

static void size_text(uint64_t bytes, char to[32])
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB" };
	double n = (double)bytes;
	size_t i = 0;

	for (; n >= 1024 && i + 1 < BT_ARRAY_NR(units); i++)
		n /= 1024;
	snprintf(to, 32, i ? "%.1f %s" : "%.0f %s", n, units[i]);
}

void doctor_disk(struct doctor *d)
{
	BT_FREE char *place = bt_context_place(d->c);
	struct statvfs st;
	uint64_t room;
	char text[32];

	if (statvfs(place, &st)) {
		doctor_say(d, DOCTOR_WARNING, NULL, "cannot tell how full the disk of '%s' is: %s", place, strerror(errno));
		return;
	}
	room = (uint64_t)st.f_bavail * st.f_frsize;
	size_text(room, text);
	if (st.f_blocks && room < ROOM_MIN)
		doctor_say(d, DOCTOR_ERROR, "free some space", "the disk of '%s' is full", place);
	else if (st.f_files && st.f_favail < INODES_LOW)
		doctor_say(d, DOCTOR_ERROR, "remove files", "the disk of '%s' has no room for more files", place);
	else if (st.f_blocks && room < ROOM_LOW)
		doctor_say(d, DOCTOR_WARNING, "free some space: `git batho storage compact` may give some back", "%s left on the disk of '%s'",
			   text, place);
	else
		doctor_say(d, DOCTOR_OK, NULL, "%s left", text);
}

void doctor_file_system(struct doctor *d)
{
	BT_FREE char *place = bt_context_place(d->c);

	if (bt_store_folder_remote(place))
		doctor_say(d, DOCTOR_WARNING, "let BATHO_STORE_DIR name a folder on a disk of this machine",
			   "'%s' is on a network file system, or on one that nobody knows: locks may fail, writers wait for readers", place);
	else
		doctor_say(d, DOCTOR_OK, NULL, "a disk of this machine");
}

/* --- left by what was killed --- */

static const char *const left_patterns[] = {
	"index.db.new-*", "queue.db.new-*", "queue.db.*.new-*", "batho-restore-??????", "*.tmp-*",
};

static bool is_left(const char *name)
{
	for (size_t i = 0; i < BT_ARRAY_NR(left_patterns); i++)
		if (!fnmatch(left_patterns[i], name, 0))
			return true;
	return false;
}

static bool is_old(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && time(NULL) - st.st_mtime > LEFT_AGE_S;
}

/* Where git itself waits for a lock that nobody holds any more. */
static void look_at_lock(struct doctor *d, const char *folder, const char *name, unsigned *bad)
{
	BT_FREE char *path = bt_xasprintf("%s/%s", folder, name);
	BT_FREE char *fix = bt_xasprintf("if no git is at work here: rm '%s'", path);

	if (!is_old(path))
		return;
	(*bad)++;
	doctor_say(d, DOCTOR_WARNING, fix, "'%s' is older than an hour: git waits for it", path);
}

void doctor_leftovers(struct doctor *d)
{
	static const char *const pairs[] = { "index.db", "queue.db" };
	const char *dir = d->c->store_dir;
	DIR *list = opendir(dir);
	const struct dirent *e;
	unsigned bad = 0;

	while (list && (e = readdir(list))) {
		BT_FREE char *path = bt_xasprintf("%s/%s", dir, e->d_name);
		BT_FREE char *fix = bt_xasprintf("rm -r '%s'", path);

		if (!is_left(e->d_name) || !is_old(path))
			continue;
		bad++;
		doctor_say(d, DOCTOR_NOTE, fix, "'%s' was left by a process that died", e->d_name);
	}
	if (list)
		closedir(list);
	for (size_t i = 0; i < BT_ARRAY_NR(pairs); i++) {
		BT_FREE char *db = bt_xasprintf("%s/%s", dir, pairs[i]);
		BT_FREE char *wal = bt_xasprintf("%s-wal", db);

		if (access(db, F_OK) && !access(wal, F_OK)) {
			bad++;
			doctor_say(d, DOCTOR_WARNING, "put the database back beside it, or move it away", "'%s' lies there without its database",
				   wal);
		}
	}
	look_at_lock(d, d->c->repo.git_dir, "index.lock", &bad);
	look_at_lock(d, d->c->repo.git_dir, "HEAD.lock", &bad);
	look_at_lock(d, d->c->repo.common_dir, "config.lock", &bad);
	look_at_lock(d, d->c->repo.common_dir, "packed-refs.lock", &bad);
	if (!bad)
		doctor_say(d, DOCTOR_OK, NULL, "nothing was left by processes that died");
}
