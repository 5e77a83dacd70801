#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define SAY(x) do { /* nothing */ } while (0)
#define CAT(a, b) a ## _ ## b
#define MULTI(x) \
	first(x); \
	second("not_a_name", x, 'c')	/* two calls */
#define EMPTY
#define LIMIT 0x1fUL
#undef EMPTY
#if MAX(1, 2) > LIMIT && defined(CAT)
int used = MAX(1, LIMIT);
#endif
