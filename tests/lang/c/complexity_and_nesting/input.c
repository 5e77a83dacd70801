int tangle(int a, int b)
{
	int i;

	for (i = 0; i < a; i++) {
		while (b--) {
			if (a && b || i)
				continue;
			else if (a)
				break;
			else
				return a ? 1 : 2;
		}
	}
	switch (a) {
	case 1:
	case 2:
		do
			a++;
		while (a < 3);
		break;
	default:
		goto out;
	}
out:
	return a;
}

int straight(void) { return 1; }
