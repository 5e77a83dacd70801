int
add(a, b)
	int a;
	long b;
{
	return a + b;
}

main(argc, argv)
{
	return add(argc, 1);
}

static int twice(n) int n; { return add(n, n); }
