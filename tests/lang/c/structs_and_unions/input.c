/* A point. */
struct point {
	int x, y;	/* both */
	unsigned int flags : 3;
	char name[];
};

typedef struct {
	union {
		int i;
		float f;
	} value;
	struct { int depth; };
} variant_t;

typedef struct node {
	struct node *next;
} node_t, *node_ptr;

struct forward;
union later;
struct point origin = { 0, 0 };

struct point *of(struct point p)
{
	struct local { int a; } l;
	return p.x ? &p : 0;
}
