const api = {
	url: '/x',
	get(path) { return fetch(this.url + path); },
	post: function (path, body) {},
	remove: async (id) => {},
	'content-type': () => 'json',
	async *pages() {},
	get total() { return 1; },
	nested: { deep() {} },
	shorthand,
	[computed]: 1,
	...rest,
};
export const store = { load() {} };
