public abstract partial class Account<T> : Base<T>, IAccount, Shop.IOther where T : class, new()
{
    public const int Max = 3, Min = 1;
    private readonly List<T> _items = new List<T>();
    int x, y;
    public event EventHandler Changed;
    public event Action Closed { add { } remove { } }
    public string Name { get; private set; } = "none";
    public int Count => _items.Count;
    public T this[int at] { get { return _items[at]; } set { _items[at] = value; } }

    static Account() { }
    public Account(int start, params object[] rest) : base(start) { this.x = start; }
    protected Account() : this(0) { }
    ~Account() { }

    public abstract void Close();
    protected virtual int Weight() => 1;
    void IAccount.Touch() { }
    delegate void Handler(object sender);
}
