export type Variant = 'a' | 'b';
type Poly<E extends React.ElementType> = { as?: E } & React.ComponentProps<E>;
export enum Size { Small, Large }
declare module 'styled' { export interface Theme { color: string } }
