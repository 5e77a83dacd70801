// One line.
int one;

// Two lines,
// one comment.
int two;

int three; // behind it, not above the next
int four;

/* far away */

int five;

/**
 * Six.
 * @x: the argument
 */
static int six(int x);
