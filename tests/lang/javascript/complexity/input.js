function tangle(a, b) {
	for (const x of a) {
		while (x && b || a ?? b) {
			if (x) { break; }
			else if (b) { continue; }
			else { x(); }
		}
	}
	for (let i = 0; i < 3; i++) i++;
	do { b--; } while (b);
	switch (a) {
	case 1:
	case 2: return b ? 1 : 2;
	default: return 0;
	}
	try { a(); } catch (e) { throw e; } finally { b(); }
}
const simple = () => 1;
