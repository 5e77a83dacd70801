export type Id = string | Shape['x'];
type Fn<T = number> = (a: T) => void;
type Mapped<T> = { [K in keyof T]?: T[K] };
type Conditional<T> = T extends Array<infer U> ? U : never;
function identity<T extends object, K extends keyof T>(value: T, key: K): T[K] { return value[key]; }
const made = identity<Point, 'x'>(new Box<Point>(), 'x');
let cast = <Foo>value as unknown as Bar satisfies Baz;
function isText(x: unknown): x is string { return typeof x === 'string'; }
let q: typeof made.x;
