function Stack() { this.items = []; }
Stack.prototype.push = function (x) { this.items.push(x); };
Stack.prototype.pop = function pop() { return this.items.pop(); };
Stack.create = () => new Stack();
let handler;
handler = function onEvent(e) { e.stop(); };
element.onclick = handler;
