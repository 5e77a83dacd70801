public record Person(string First, int Age)
{
    public string Full => First + Age;
}

public record struct Pair(int Left, int Right);

[Flags]
public enum Access : byte
{
    None,
    [Obsolete] Read = 1,
    All = Read | 2,
}

interface IShape : INamed
{
    double Area { get; }
    void Draw(int width);
}

struct Point { public int X; }
