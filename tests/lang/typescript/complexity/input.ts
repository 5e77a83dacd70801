function tangle(a?: number, b = 2): number {
	for (const x of xs) {
		if (a && b || x!) continue;
		else if (a ?? b) break;
	}
	switch (a) {
	case 1: return b ? 1 : 2;
	default: return a!;
	}
}
