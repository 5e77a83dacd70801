#define TRACE
#region Helpers
class D
{
#if TRACE && !SLOW
    void OnlyTraced() { }
#elif OTHER
    void OnlyOther() { }
#else
    void Never() { }
#endif
#pragma warning disable CS0618
}
#endregion
