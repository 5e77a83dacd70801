SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)
{
	if (!count)
		return 0;
	return ksys_read(fd, buf, count);
}

TEST(list, grows)
{
	check(1);
}

START_TEST(parses_numbers)
{
	check(2);
}

INIT_HOOK()
{
	start();
}

int plain(void) { return 0; }
