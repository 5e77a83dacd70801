typedef int (*compare_fn)(const void *, const void *);
typedef int plain_fn(int);
int (*hook)(int a, int b);
int (*hooks[4])(void);
void (*signal(int sig, void (*handler)(int)))(int);

struct ops {
	int (*open)(const char *path);
	void *(*alloc)(size_t);
};

static int call(compare_fn f, int (*g)(void))
{
	return f(hook, 0) + (*g)() + hooks[1]();
}
