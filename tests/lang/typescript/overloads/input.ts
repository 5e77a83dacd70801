function pick(a: string): string;
function pick(a: number, b?: number): number;
function pick(a: any, b?: any) { return a ?? b; }
class Over {
	go(): void;
	go(x: number): void;
	go(x?: number) {}
}
export function shown(x: string): void;
export function shown(x: unknown) {}
