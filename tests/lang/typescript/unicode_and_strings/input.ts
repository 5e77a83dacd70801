const größe: number = 1;
const text = `hello ${größe as string}`;
function ünïcode<Τύπος>(π: Τύπος) { return π; }
type T = `prefix-${Name}`;
