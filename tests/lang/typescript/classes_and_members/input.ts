abstract class Repo<T extends Base> extends ns.Store<T> implements IRepo<T>, Closable {
	private readonly items: Map<string, T> = new Map();
	static count = 0;
	#secret?: number;
	declare stamp: Date;
	constructor(private db: Db, public name?: string, plain = 1) { super(); }
	abstract find(id: string): Promise<T | undefined>;
	get size(): number { return this.items.size; }
	protected async save(item: T): Promise<void> { await this.db!.put(item as any); }
	handler = (e: Event): void => { this.on(e); };
}
