function before(): number { return 1; }
function broken(a: ): void {}
class Ok {
	field: string = ;
	method(): void { before(; }
}
interface After { x: number }
