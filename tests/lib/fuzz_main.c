/*
 * The main function of a fuzz program where libFuzzer is not used.
 *
 * Replays every file of tests/fuzz/corpus/<program>/ and mutations of it, and prints one TAP line per
 * file. The mutations are the same in every run: FUZZ_ROUNDS of them per file (default 64), or as many as
 * FUZZ_SECONDS allow. A failure is a crash: the input is kept as <program>.crash in the current folder.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define INPUT_MAX (1u << 20)
#define FILES_MAX 100000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* For the handler of a crash: what was tried, and where to put it. */
static const uint8_t *current;
static size_t current_len;
static char crash_path[PATH_MAX];

static void keep_input(int sig)
{
	int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ssize_t rc = 0;

	if (fd >= 0)
		rc = write(fd, current, current_len);
	(void)rc;
	signal(sig, SIG_DFL);
	raise(sig);
}

/* xorshift64*: the mutations must not depend on the C library. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static size_t remove_bytes(uint8_t *p, size_t len, uint64_t *rnd)
{
	size_t at = next_random(rnd) % len;
	size_t nr = 1 + next_random(rnd) % 64;

	if (nr > len - at)
		nr = len - at;
	memmove(p + at, p + at + nr, len - at - nr);
	return len - nr;
}

static size_t repeat_bytes(uint8_t *p, size_t len, uint64_t *rnd)
{
	size_t from = next_random(rnd) % len;
	size_t nr = 1 + next_random(rnd) % 256;
	size_t at = next_random(rnd) % len;

	if (nr > len - from)
		nr = len - from;
	if (len + nr > INPUT_MAX)
		return len;
	memmove(p + at + nr, p + at, len - at);
	memmove(p + at, p + (from >= at ? from + nr : from), nr);
	return len + nr;
}

static size_t mutate(uint8_t *p, size_t len, uint64_t *rnd)
{
	static const uint8_t odd[] = "\0\xff\x80\x7f\n\t\"'\\(){}[]<>/*#@$`;:,.=0";
	unsigned steps = 1 + (unsigned)(next_random(rnd) % 8);

	while (steps-- && len) {
		size_t at = next_random(rnd) % len;

		switch (next_random(rnd) % 5) {
		case 0:
			p[at] ^= (uint8_t)(1u << (next_random(rnd) % 8));
			break;
		case 1:
			p[at] = odd[next_random(rnd) % (sizeof(odd) - 1)];
			break;
		case 2:
			p[at] = (uint8_t)next_random(rnd);
			break;
		case 3:
			len = remove_bytes(p, len, rnd);
			break;
		default:
			len = repeat_bytes(p, len, rnd);
			break;
		}
	}
	return len;
}

static void try_input(const uint8_t *data, size_t len)
{
	/* An exact copy, so that a sanitizer sees a read behind the end. */
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, data, len);
	current = copy;
	current_len = len;
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static int read_input(const char *path, uint8_t *to, size_t *ret_len)
{
	FILE *f = fopen(path, "re");

	if (!f)
		return -1;
	*ret_len = fread(to, 1, INPUT_MAX, f);
	return fclose(f);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int try_file(const char *path, unsigned long rounds, double until)
{
	static uint8_t input[INPUT_MAX + 1], work[INPUT_MAX + 512];
	uint64_t rnd = UINT64_C(0x9e3779b97f4a7c15);
	size_t len;

	if (read_input(path, input, &len))
		return -1;
	try_input(input, len);
	for (unsigned long i = 0; i < rounds; i++) {
		size_t work_len;

		if (until > 0 && now() > until)
			break;
		memcpy(work, input, len);
		work_len = mutate(work, len, &rnd);
		try_input(work, work_len);
	}
	return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	const char *source = getenv("TEST_SOURCE");
	const char *rounds_text = getenv("FUZZ_ROUNDS");
	const char *seconds_text = getenv("FUZZ_SECONDS");
	const char *name = strrchr(argv[0], '/');
	unsigned long rounds = rounds_text ? strtoul(rounds_text, NULL, 10) : 64;
	double seconds = seconds_text ? strtod(seconds_text, NULL) : 0;
	struct dirent **files = NULL;
	char path[PATH_MAX];
	int nr;

	name = name ? name + 1 : argv[0];
	snprintf(crash_path, sizeof(crash_path), "%s.crash", name);
	signal(SIGSEGV, keep_input);
	signal(SIGABRT, keep_input);
	signal(SIGBUS, keep_input);
	signal(SIGFPE, keep_input);
	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			if (try_file(argv[i], 0, 0))
				return 1;
		return 0;
	}
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", source ? source : ".", name);
	nr = scandir(path, &files, visible, by_name);
	if (nr <= 0 || nr > FILES_MAX) {
		printf("Bail out! no corpus in %s\n", path);
		return 1;
	}
	if (seconds > 0)
		rounds = ULONG_MAX;
	printf("1..%d\n", nr);
	for (int i = 0; i < nr; i++) {
		char file[PATH_MAX + 256];
		double until = seconds > 0 ? now() + seconds / nr : 0;

		snprintf(file, sizeof(file), "%s/%s", path, files[i]->d_name);
		printf("%s %d - %s\n", try_file(file, rounds, until) ? "not ok" : "ok", i + 1,
		       files[i]->d_name);
		fflush(stdout);
		free(files[i]);
	}
	free(files);
	return 0;
}
