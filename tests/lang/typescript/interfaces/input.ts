/** A shape. */
export interface Shape extends Named, ns.Other<string> {
	readonly x: number;
	area(): number;
	new (x: number): Shape;
	(y: number): void;
	[key: string]: unknown;
	callback: (a: A) => B;
}
interface Merge { a: 1 }
interface Merge { b?: 2 }
