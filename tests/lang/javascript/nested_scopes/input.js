function outer(a) {
	const local = a;
	function inner(b) {
		const deep = () => local + b;
		return deep;
	}
	class Local {
		method() { return inner(1); }
	}
	return { inner, Local };
}
const top = 1;
{
	let block = 2;
}
