using System;
using System.Collections.Generic;
using static System.Math;
using Json = Shop.Formats.Json;
global using Shop.Common;
extern alias Legacy;

class C
{
    Json Parse() => global::Shop.Formats.Json.Parse(Max(1, 2));
}
