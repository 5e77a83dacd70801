int retry(int n)
{
again:
	if (n-- > 0)
		goto again;
	return n;
}
