START_TEST("plain, text", first)
{
	check(1);
}

CHECK_TEST("a \" quote, wrong", second)
{
	check("b \\", 2);
}

REGISTER_TEST("ends with \\", third)
{
	check(3);
}
