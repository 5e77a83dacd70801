/*
 * Landlock and resource limits. Landlock's numbers are written out here: its header on the machine
 * that compiles may be older than the kernel that runs.
 */
#include "core/index/sandbox.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"

/* The same on every architecture. */
#define CALL_CREATE_RULESET 444
#define CALL_RESTRICT_SELF 446
#define CREATE_RULESET_VERSION 1u

/* struct landlock_ruleset_attr as of ABI 6. */
struct ruleset {
	uint64_t fs, net, scoped;
};

static int landlock_abi(void)
{
	return (int)syscall(CALL_CREATE_RULESET, NULL, (size_t)0, CREATE_RULESET_VERSION);
}

bool bt_sandbox_has_landlock(void)
{
	return landlock_abi() > 0;
}

/* Everything an ABI can deny; *ret_len: how much of the struct that ABI knows. */
static struct ruleset ruleset_make(int abi, size_t *ret_len)
{
	static const uint8_t fs_bits[] = { 13, 13, 14, 15, 15, 16 };
	size_t last = BT_ARRAY_NR(fs_bits) - 1;
	unsigned bits = fs_bits[(size_t)abi < last ? (size_t)abi : last];
	struct ruleset r = { .fs = (1u << bits) - 1 };

	*ret_len = sizeof(r.fs);
	if (abi >= 4) {
		r.net = 3; /* bind and connect */
		*ret_len += sizeof(r.net);
	}
	if (abi >= 6) {
		r.scoped = 3; /* abstract sockets, signals to the outside */
		*ret_len += sizeof(r.scoped);
	}
	return r;
}

int bt_sandbox_deny_files(bool *ret_in_force, struct bt_err *err)
{
	int abi = landlock_abi();
	struct ruleset r;
	size_t len;

	*ret_in_force = false;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return bt_err_errno(err, "cannot give up new privileges");
	if (abi <= 0)
		return 0;
	r = ruleset_make(abi, &len);
	BT_CLOSE int fd = (int)syscall(CALL_CREATE_RULESET, &r, len, 0u);
	/* No rule is added: nothing is allowed. */
	if (fd < 0 || syscall(CALL_RESTRICT_SELF, fd, 0u))
		return bt_err_errno(err, "cannot put on landlock");
	*ret_in_force = true;
	return 0;
}

static int limit_set(int resource, rlim_t max)
{
	struct rlimit r, old;

	if (getrlimit(resource, &old))
		return -1;
	if (old.rlim_max != RLIM_INFINITY && old.rlim_max < max)
		max = old.rlim_max;
	r.rlim_cur = r.rlim_max = max;
	if (!setrlimit(resource, &r))
		return 0;
	/*
	 * Valgrind keeps the hard limit on descriptors for itself; no kernel refuses to lower one.
	 */
	r.rlim_max = old.rlim_max;
	return setrlimit(resource, &r);
}

int bt_sandbox_limit(uint64_t address_space, struct bt_err *err)
{
	static const int none[] = { RLIMIT_CORE,  RLIMIT_FSIZE,	  RLIMIT_NOFILE,
				    RLIMIT_NPROC, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE };

	for (size_t i = 0; i < BT_ARRAY_NR(none); i++)
		if (limit_set(none[i], 0))
			return bt_err_errno(err, "cannot set a resource limit");
	if (address_space && limit_set(RLIMIT_AS, (rlim_t)address_space))
		return bt_err_errno(err, "cannot limit address space");
	return 0;
}

int bt_sandbox_allow_cpu(unsigned cpu_s, uint64_t *soft_s, struct bt_err *err)
{
	struct timespec used;
	struct rlimit r;
	uint64_t want;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used))
		return bt_err_errno(err, "cannot read the CPU time used");
	want = (uint64_t)used.tv_sec + 1 + cpu_s;
	if (want <= *soft_s)
		return 0;
	if (getrlimit(RLIMIT_CPU, &r))
		return bt_err_errno(err, "cannot read the CPU limit");
	r.rlim_cur = want;
	if (r.rlim_max != RLIM_INFINITY && r.rlim_cur > r.rlim_max)
		r.rlim_cur = r.rlim_max;
	if (setrlimit(RLIMIT_CPU, &r))
		return bt_err_errno(err, "cannot limit CPU time");
	*soft_s = want;
	return 0;
}
