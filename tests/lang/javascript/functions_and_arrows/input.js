/** Adds. */
function add(a, b = 1, ...rest) {
	return a + b + rest.length;
}
async function* stream() { yield await next(); }
const twice = x => x * 2;
const sum = (a, b) => { return a + b; };
let old = function () { return this.value; };
var named = function inner(n) { return n ? inner(n - 1) : 0; };
(function iife() { run(); })();
list.map(function each(x) { return x; });
list.map(x => x);
