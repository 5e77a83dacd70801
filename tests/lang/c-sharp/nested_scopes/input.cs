namespace Shop.Orders
{
    public class Order
    {
        private class Line
        {
            internal int Count;

            public int Total()
            {
                int Twice(int n)
                {
                    int result = n * 2;
                    return result;
                }
                return Twice(Count);
            }
        }

        enum State { Open, Closed }
    }
}

namespace Shop
{
    class Outside { }
}
