class P
{
    object Match(object o, Point p, Dictionary<string, int> map)
    {
        if (o is Point { X: > 1 } q && q.X < 3) return q;
        if (!(o is string text)) return null;
        var (a, b) = Split(text);
        (int left, var right) = (a, b);
        if (map.TryGetValue(text, out var found)) left += found;
        object r = o switch
        {
            Point { X: 0 } => p,
            string s when s.Length > 2 => s,
            int[] and not null => a,
            _ => right,
        };
        var query = from x in map
                    join y in p.All on x.Key equals y.Key into group1
                    let z = x.Value
                    where z > 1
                    select new { x.Key, Size = z };
        return r ?? query;
    }
}
