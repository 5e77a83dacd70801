/*
 * A scratch folder for tests that need repositories: the process stands in it, with an environment
 * that nobody's settings reach. Everything is made by the shell and the git program.
 */
#ifndef BT_TESTS_UNIT_GIT_SCRATCH_H
#define BT_TESTS_UNIT_GIT_SCRATCH_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"

static char scratch_dir[4096];

/* Runs a shell command; it must succeed. */
__attribute__((format(printf, 1, 2))) static inline void sh(const char *fmt, ...)
{
	char *command = NULL;
	va_list ap;
	int status;

	va_start(ap, fmt);
	if (vasprintf(&command, fmt, ap) < 0)
		abort();
	va_end(ap);
	status = system(command);
	if (status)
		print_message("# command failed with %d: %s\n", status, command);
	free(command);
	assert_int_equal(status, 0);
}

/* Can the shell command be run with success? */
static inline bool sh_ok(const char *command)
{
	return system(command) == 0;
}

/* The file's bytes, for free(). */
static inline char *file_bytes(const char *path, size_t *ret_len)
{
	struct bt_buf b = BT_BUF_INIT;
	struct bt_err err = BT_ERR_INIT;

	if (bt_file_read(path, (size_t)1 << 30, &b, &err))
		fail_msg("%s", err.msg);
	return bt_buf_take(&b, ret_len);
}

static inline void file_make(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* The first line that a shell command prints, without its newline. */
static inline void sh_line(char *ret_line, size_t size, const char *command)
{
	FILE *f = popen(command, "r");

	assert_non_null(f);
	if (!fgets(ret_line, (int)size, f))
		*ret_line = '\0';
	ret_line[strcspn(ret_line, "\n")] = '\0';
	pclose(f);
}

static inline void env_clear(void)
{
	static const char *const names[] = {
		"GIT_DIR",
		"GIT_WORK_TREE",
		"GIT_INDEX_FILE",
		"GIT_OBJECT_DIRECTORY",
		"GIT_ALTERNATE_OBJECT_DIRECTORIES",
		"GIT_COMMON_DIR",
		"GIT_NAMESPACE",
		"GIT_CONFIG_PARAMETERS",
		"GIT_CONFIG_COUNT",
		"GIT_PREFIX",
		"GIT_TRACE",
		"XDG_CONFIG_HOME",
		"XDG_RUNTIME_DIR",
		"GIT_NO_LAZY_FETCH",
		"GIT_QUARANTINE_PATH",
	};
	static const char *const set[][2] = {
		{ "GIT_CONFIG_NOSYSTEM", "1" },
		{ "GIT_ATTR_NOSYSTEM", "1" },
		{ "GIT_AUTHOR_NAME", "A U Thor" },
		{ "GIT_AUTHOR_EMAIL", "author@example.com" },
		{ "GIT_COMMITTER_NAME", "C O Mitter" },
		{ "GIT_COMMITTER_EMAIL", "committer@example.com" },
		{ "GIT_AUTHOR_DATE", "1112911993 +0000" },
		{ "GIT_COMMITTER_DATE", "1112911993 +0000" },
		{ "LC_ALL", "C" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
	for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++)
		setenv(set[i][0], set[i][1], 1);
}

/* cmocka group set-up: a new folder, with a blank in its name, becomes the current one. */
static inline int scratch_setup(void **state)
{
	const char *build = getenv("TEST_BUILD");
	char base[2048];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	env_clear();
	snprintf(base, sizeof(base), "%s", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (build) {
		snprintf(base, sizeof(base), "%s/tests/trash", build);
		if (mkdir(base, 0777) && errno != EEXIST)
			return -1;
	}
	snprintf(scratch_dir, sizeof(scratch_dir), "%s/git unit XXXXXX", base);
	if (!mkdtemp(scratch_dir) || chdir(scratch_dir) || mkdir("home", 0700))
		return -1;
	if (!getcwd(scratch_dir, sizeof(scratch_dir)))
		return -1;
	snprintf(base, sizeof(base), "%.2000s/home", scratch_dir);
	setenv("HOME", base, 1);
	/* The folder above: a ceiling does not hold for the current folder itself. */
	snprintf(base, sizeof(base), "%.*s", (int)(strrchr(scratch_dir, '/') - scratch_dir), scratch_dir);
	setenv("GIT_CEILING_DIRECTORIES", base, 1);
	return 0;
}

static inline int scratch_teardown(void **state)
{
	(void)state;
	if (chdir("/") || setenv("SCRATCH", scratch_dir, 1))
		return -1;
	return system("chmod -R u+rwX \"$SCRATCH\" && rm -rf \"$SCRATCH\"");
}

/* Back to the scratch folder, with the environment as at the start: before each test. */
static inline int scratch_reset(void **state)
{
	static char *path;

	(void)state;
	if (!path)
		path = strdup(getenv("PATH"));
	setenv("PATH", path, 1);
	env_clear();
	return chdir(scratch_dir);
}

/* A generator whose seed a failing run prints: BATHO_TEST_SEED repeats it. */
static inline uint64_t test_seed(void)
{
	const char *given = getenv("BATHO_TEST_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 0)
			      : (uint64_t)time(NULL) * 1000003u + (uint64_t)getpid();

	print_message("# BATHO_TEST_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

static inline uint32_t test_random(uint64_t *s, uint32_t below)
{
	*s = *s * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(*s >> 33) % below;
}

#endif
