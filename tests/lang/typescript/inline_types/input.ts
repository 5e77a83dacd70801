function page({ id }: { id: string; go(): void }, cb: (e: { x: number }) => void): { ok: boolean } {
	const local: { a: number } = { a: 1 };
	return { ok: true };
}
type Pair = { left: number; right(): Pair };
let top: { b: string };
const curried = (a: number) => (b: number) => { return a + b; };
