export const arrow = async <T,>(x: T): Promise<T> => { return x; };
const bound: Handler = function (this: Window, e) { this.close(e); };
export function* walk(tree: Tree): Generator<Node> { yield* tree.children; }
const api = {
	go(x: number): void {},
	stop: (): void => {},
	get total(): number { return 1; },
} as const;
function outer() { function inner(): void {} const local = () => inner(); }
api.go = function (x) {};
