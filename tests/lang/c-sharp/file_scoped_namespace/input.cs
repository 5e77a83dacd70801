using System;

namespace Shop.Tools;

file class Hidden { }

class Default { }

public static class Extensions
{
    public static string Shout(this string text) => text.ToUpper();
}
