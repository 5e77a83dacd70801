public struct Money
{
    public static Money operator +(Money a, Money b) => new Money(a.Cents + b.Cents);
    public static bool operator ==(Money a, Money b) { return a.Cents == b.Cents; }
    public static Money operator ++(Money a) => a;
    public static explicit operator int(Money m) => m.Cents;
    public static implicit operator Money(int cents) => new Money(cents);
}
