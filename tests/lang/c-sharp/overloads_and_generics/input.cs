class Repository<TKey, TItem> where TKey : IComparable<TKey>
{
    public TItem Get(TKey key) => default(TItem);
    public TItem Get(TKey key, TItem fallback) { return fallback; }
    public IEnumerable<TItem> Get<TResult>(Func<TItem, TResult> select, params TKey[] keys) where TResult : struct
    {
        return keys.Select<TKey, TItem>(k => Get(k)).OfType<TItem>();
    }
    public async Task<Dictionary<string, List<TItem?>>> All(ref int a, out int b, int c = 3)
    {
        b = await Load(c: a);
        return new Dictionary<string, List<TItem?>>();
    }
}
