function Panel(p: P) {
	if (p.loading) return null;
	return p.ok && p.items.length > 0 ? <Table rows={p.items} cell={(r) => r.name} /> : <Empty />;
}
