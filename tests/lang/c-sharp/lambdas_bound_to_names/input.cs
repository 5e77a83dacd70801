class L
{
    static readonly Func<int, int> Double = n => n * 2;
    Action<string> log = delegate (string line) { Console.WriteLine(line); };

    void Use()
    {
        Func<int, int, int> add = (int a, int b) => { return a + b; };
        var inner = add(Double(1), 2);
        items?.Sort((x, _) => x);
        this.log?.Invoke("a");
        base.Use();
    }
}
