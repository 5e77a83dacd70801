using Xunit;

[assembly: AssemblyTitle("shop")]

/// <summary>
/// A till.
/// </summary>
[Serializable, Obsolete("use (other", error: true)]
public class Till
{
    /// <summary>Opens it.</summary>
    [return: NotNull]
    public object Open([FromBody] string body) { return body; }

    // An ordinary comment counts too.
    [field: NonSerialized]
    private int _state; // trailing

    /* far away */

    void Bare() { }
}
