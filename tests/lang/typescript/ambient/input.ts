declare function load(path: string): Module;
declare const VERSION: string, BUILD: number;
declare let counter: number;
declare class Native { constructor(x: number); run(): void; }
export declare type Handle = number;
declare abstract class Shape { }
