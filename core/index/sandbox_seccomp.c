/*
 * The system call filter: a short classic BPF program, made at run time because one line of it
 * holds the process id. An allow list; whatever is not on it ends the whole process with SIGSYS.
 */
#include "core/index/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/mem.h"

#if defined(__x86_64__) && !defined(__ILP32__)
#define FILTER_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__) && defined(__AARCH64EL__) && !defined(__ILP32__)
#define FILTER_ARCH AUDIT_ARCH_AARCH64
#else
#define FILTER_ARCH 0 /* not known: there is no filter */
#endif

bool bt_sandbox_has_seccomp(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;

	return FILTER_ARCH && !syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0u, &action);
}

#define FILTER_MAX 80

struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned short nr;
};

/* The most frequent first. What an allocator, abort() and an unlucky qsort() need, and no more. */
static const uint32_t plain_calls[] = {
	SYS_read,   SYS_writev,		SYS_clock_gettime, SYS_madvise,		SYS_munmap,
	SYS_brk,    SYS_mremap,		SYS_write,	   SYS_exit_group,	SYS_exit,
	SYS_futex,  SYS_rt_sigprocmask, SYS_rt_sigreturn,  SYS_restart_syscall, SYS_getpid,
	SYS_gettid, SYS_sysinfo,	SYS_gettimeofday,
};

static void filter_op(struct filter *f, uint16_t op, uint32_t k, uint8_t yes, uint8_t no)
{
	f->code[f->nr++] = (struct sock_filter)BPF_JUMP(op, k, yes, no);
}

static void filter_load(struct filter *f, size_t at)
{
	filter_op(f, BPF_LD | BPF_W | BPF_ABS, (uint32_t)at, 0, 0);
}

/*
 * The low half of an argument: both architectures are little-endian, the upper half is not looked
 * at by the calls in question.
 */
static void filter_load_arg(struct filter *f, unsigned arg)
{
	filter_load(f, offsetof(struct seccomp_data, args) + 8 * arg);
}

static void filter_ret(struct filter *f, uint32_t action)
{
	filter_op(f, BPF_RET | BPF_K, action, 0, 0);
}

/* With the call's number loaded: allow it when the argument equals value. */
static void filter_if_equal(struct filter *f, unsigned arg, uint32_t value)
{
	filter_load_arg(f, arg);
	filter_op(f, BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
	filter_ret(f, SECCOMP_RET_KILL_PROCESS);
}

static void filter_if_without(struct filter *f, unsigned arg, uint32_t bits)
{
	filter_load_arg(f, arg);
	filter_op(f, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
	filter_ret(f, SECCOMP_RET_KILL_PROCESS);
}

static void filter_if_with(struct filter *f, unsigned arg, uint32_t bit)
{
	filter_load_arg(f, arg);
	filter_op(f, BPF_JMP | BPF_JSET | BPF_K, bit, 1, 0);
	filter_ret(f, SECCOMP_RET_KILL_PROCESS);
}

/*
 * Starts the tests of one call: `len` instructions follow, those of the tests and the final allow.
 */
static void filter_call(struct filter *f, uint32_t call, uint8_t len)
{
	filter_op(f, BPF_JMP | BPF_JEQ | BPF_K, call, 0, len);
}

#define TEST_LEN 3

static void filter_make(struct filter *f)
{
	filter_load(f, offsetof(struct seccomp_data, arch));
	filter_op(f, BPF_JMP | BPF_JEQ | BPF_K, FILTER_ARCH, 1, 0);
	filter_ret(f, SECCOMP_RET_KILL_PROCESS);
	filter_load(f, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < BT_ARRAY_NR(plain_calls); i++) {
		filter_call(f, plain_calls[i], 1);
		filter_ret(f, SECCOMP_RET_ALLOW);
	}
	/* No new code, and nothing but anonymous memory. */
	filter_call(f, SYS_mmap, 2 * TEST_LEN + 1);
	filter_if_without(f, 2, PROT_EXEC);
	filter_if_with(f, 3, MAP_ANONYMOUS);
	filter_ret(f, SECCOMP_RET_ALLOW);
	filter_call(f, SYS_mprotect, TEST_LEN + 1);
	filter_if_without(f, 2, PROT_EXEC);
	filter_ret(f, SECCOMP_RET_ALLOW);
	/* Its own CPU limit, for the next blob. */
	filter_call(f, SYS_prlimit64, 2 * TEST_LEN + 1);
	filter_if_equal(f, 0, 0);
	filter_if_equal(f, 1, RLIMIT_CPU);
	filter_ret(f, SECCOMP_RET_ALLOW);
	/* abort() */
	filter_call(f, SYS_tgkill, 2 * TEST_LEN + 1);
	filter_if_equal(f, 0, (uint32_t)getpid());
	filter_if_equal(f, 2, SIGABRT);
	filter_ret(f, SECCOMP_RET_ALLOW);
	filter_ret(f, SECCOMP_RET_KILL_PROCESS);
}

int bt_sandbox_deny_calls(struct bt_err *err)
{
	struct filter f = { .nr = 0 };
	struct sock_fprog prog;

	filter_make(&f);
	prog = (struct sock_fprog){ .len = f.nr, .filter = f.code };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0u, &prog))
		return bt_err_errno(err, "cannot put on the system call filter");
	return 0;
}
