static const struct file_ops ops = {
	.open = my_open,
	.nested = { .depth = 3 },
	[INDEX] = value,
};
int matrix[2][2] = { { 1, 2 }, { A, B } };
struct pair p = (struct pair){ .left = 1 };
const char *text = "a" NAME "b";
