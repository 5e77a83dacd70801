enum color {
	RED,
	GREEN = 2,	/* the second */
	BLUE = GREEN + 1
};
enum { ANONYMOUS_A, ANONYMOUS_B };
typedef enum { ON, OFF } toggle;
enum color mix(enum color a)
{
	return a == RED ? BLUE : OFF;
}
