export enum Color { Red, Green = 'g', Blue = Red + 1 }
const enum Flags {
	None = 0,	// nothing
	All,
	'quoted-one',
}
declare enum Outside { A }
const c = Color.Red | Flags.All;
