public class TillTests
{
    private Till Fixture() => new Till();

    [Fact]
    public void Opens() { Assert.Equal(1, Fixture().Open("a")); }

    [Theory]
    [InlineData(1)]
    public async Task Counts(int n) { await Task.Delay(n); }

    [Test, Category("slow")]
    public void Slow() { }
}
