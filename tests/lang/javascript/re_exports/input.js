export { a, b as c } from './ab.js';
export { default } from "./d";
export { default as E } from '../e';
export * from './all';
export * as ns from 'pkg/ns';
