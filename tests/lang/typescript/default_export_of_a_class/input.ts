/* Nameless. */
export default class extends Base {
	run(): void {}
}
