int before(void) { return 1; }

int broken(int a)
{
	return a + ;
}

@ stray

int after(int b)
{
	if (b > ) {
		before();
	}
	return before() + b;
}
