namespace Shop.Orders
{
    class Order { void Pay() {} }
    namespace Sub.Deep { class Line : IDisposable { void IDisposable.Dispose() {} } }
}
