static int __init start(void)
{
	return 0;
}

void __printf(1, 2) say(const char *fmt, ...);

__printf(2, 3)
int say_to(int fd, const char *fmt, ...)
{
	return fd;
}

asmlinkage __visible void __init __no_sanitize_address boot(void)
{
}

MY_EXPORT int exported(void);
STATIC_INLINE
static int two(void) { return 2; }
struct PACKED frame { int size; } __packed;
struct __attribute__((packed, aligned(4))) cell { char c; };
int unused(int a UNUSED) { return 0; }
