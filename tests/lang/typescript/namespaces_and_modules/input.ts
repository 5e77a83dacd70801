namespace Outer.Inner {
	export const value = 1;
	function hidden() {}
	export namespace Deep { export type T = number; }
}
declare module 'external' {
	export function inside(a: Outer.Inner.T): void;
	const version: string;
}
declare global {
	interface Window { app: App; }
}
