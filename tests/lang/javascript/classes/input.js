class Animal {
	#secret = 1;
	static count = 0;
	name;
	onClick = (event) => this.handle(event);
	static { Animal.count = 1; }
	constructor(name) { this.name = name; }
	get secret() { return this.#secret; }
	set secret(v) { this.#secret = v; }
	static create() { return new Animal('x'); }
	async *walk() {}
	'quoted name'() {}
	[Symbol.iterator]() {}
}
class Dog extends Animal {
	speak() { super.speak(); return super.name; }
}
const Cat = class extends ns.Animal {};
const Cow = class Milky extends mix(Animal) {};
