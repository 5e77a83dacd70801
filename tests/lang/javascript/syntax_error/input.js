function before() { return 1; }
function broken() { return 1 + ; }
const after = () => before();
class Ok { method() { return after(; } }
let x = { a: 1, , b: 2 };
function last() {}
