describe('math', () => {
	beforeEach(() => setup());
	it('adds two numbers', () => {
		if (ready) expect(add(1, 2)).toBe(3);
	});
	test("fails", async function () { await boom(); });
	it.skip(`template`, () => {});
});
