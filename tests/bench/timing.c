/*
 * Times a command as a whole process.
 *
 *	timing [-n RUNS] [-1] [-m] COMMAND [ARG...]
 *
 * Runs it once unmeasured and RUNS times (7), its output thrown away; prints "wall_ms cpu_ms" as medians. -1: one
 * run alone. -m: one run, and the largest sum of the proportional set sizes of the process and its descendants, in
 * KiB, as a third number. Status 1: the command failed.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 1000
#define PIDS_MAX 1024

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static double cpu_ms(const struct rusage *r)
{
	return (double)(r->ru_utime.tv_sec + r->ru_stime.tv_sec) * 1e3 +
	       (double)(r->ru_utime.tv_usec + r->ru_stime.tv_usec) / 1e3;
}

static long pss_of(int pid)
{
	char path[64], line[256];
	long kb = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	in = fopen(path, "r");
	while (in && fgets(line, sizeof(line), in))
		if (sscanf(line, "Pss: %ld", &kb) == 1)
			break;
	if (in)
		fclose(in);
	return kb;
}

static int parent_of(int pid)
{
	char path[64], line[512], *close;
	int parent = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	in = fopen(path, "r");
	if (!in)
		return 0;
	if (fgets(line, sizeof(line), in) && (close = strrchr(line, ')')))
		sscanf(close + 1, " %*c %d", &parent);
	fclose(in);
	return parent;
}

/* The process and everything below it; /proc lists parents before most children, so two passes do. */
static long pss_of_tree(int root)
{
	static int tree[PIDS_MAX];
	size_t nr = 1;
	long kb = 0;

	tree[0] = root;
	for (int pass = 0; pass < 2; pass++) {
		DIR *d = opendir("/proc");
		struct dirent *e;

		while (d && (e = readdir(d))) {
			int pid = atoi(e->d_name), parent = pid ? parent_of(pid) : 0;
			size_t in = 0, has = 0;

			for (size_t i = 0; i < nr && pid; i++) {
				in |= tree[i] == pid;
				has |= tree[i] == parent;
			}
			if (pid && has && !in && nr < PIDS_MAX)
				tree[nr++] = pid;
		}
		if (d)
			closedir(d);
	}
	for (size_t i = 0; i < nr; i++)
		kb += pss_of(tree[i]);
	return kb;
}

/* A command that cannot do its work is not worth a figure. */
static int failed(int status, char **argv)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) < 126)
		return 0;
	fprintf(stderr, "timing: '%s %s' failed\n", argv[0], argv[1] ? argv[1] : "");
	return 1;
}

static int with_memory(char **argv)
{
	double begin = now_ms();
	struct rusage r;
	long peak = 0;
	int status;
	pid_t pid = start(argv);

	while (!wait4(pid, &status, WNOHANG, &r)) {
		long kb = pss_of_tree(pid);

		peak = kb > peak ? kb : peak;
		usleep(50000);
	}
	printf("%.1f %.1f %ld\n", now_ms() - begin, cpu_ms(&r), peak);
	return failed(status, argv);
}

static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	double wall[RUNS_MAX], cpu[RUNS_MAX];
	int runs = 7, first = -1, memory = 0, c;

	while ((c = getopt(argc, argv, "+n:1m")) != -1) {
		if (c == 'n')
			runs = atoi(optarg);
		else if (c == '1')
			runs = 1, first = 0;
		else if (c == 'm')
			memory = 1;
		else
			return 2;
	}
	if (optind >= argc || runs < 1 || runs > RUNS_MAX)
		return 2;
	if (memory)
		return with_memory(argv + optind);
	for (int i = first; i < runs; i++) {
		double begin = now_ms();
		struct rusage r;
		int status;

		wait4(start(argv + optind), &status, 0, &r);
		if (failed(status, argv + optind))
			return 1;
		if (i < 0)
			continue;
		wall[i] = now_ms() - begin;
		cpu[i] = cpu_ms(&r);
	}
	qsort(wall, (size_t)runs, sizeof(*wall), cmp);
	qsort(cpu, (size_t)runs, sizeof(*cpu), cmp);
	printf("%.2f %.2f\n", wall[runs / 2], cpu[runs / 2]);
	return 0;
}
