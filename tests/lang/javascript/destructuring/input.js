const { a, b: renamed, c = 1, ...others } = source;
const [first, , third = 3, ...tail] = list;
function f({ x, y: { z } }, [p, q = 2]) {
	({ x: this.x, z } = other);
	[p, q] = [q, p];
	for (const [k, v] of entries) { k(v); }
	try { g(); } catch ({ message }) { log(message); }
}
