/* Nameless. */
export default abstract class extends Base {
	abstract run(): void;
}
