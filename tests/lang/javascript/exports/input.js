export const a = 1, b = () => 2;
export let c;
export function d() {}
export async function e() {}
export class F { g() {} }
const h = 1, i = 2;
export { h, i as j };
export default h;
function hidden() {}
