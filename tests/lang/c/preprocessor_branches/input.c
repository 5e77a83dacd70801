#ifdef WIDE
int size(long a)
#else
int size(int a)
#endif
{
	return a;
}

#ifndef GUARD
#define GUARD
#elif defined(OTHER) || VERSION >= 3
int inactive(void) { return unseen; }
#else
int fallback;
#endif

struct s {
#ifdef WITH_X
	int x;
#endif
	int y;
};
