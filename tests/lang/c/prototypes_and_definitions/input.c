int add(int a, int b);
extern int counter;
extern void log_line(const char *fmt, ...);
static int hidden(void);
int counter = 3, *where, table[4];
static const char *const names[] = { "a", "b" };

/* Adds two numbers. */
int add(int a, int b)
{
	int sum = a + b;

	return sum;
}

static int hidden(void)
{
	return add(counter, table[0]);
}

struct point *make_point(int x), *other(void);
