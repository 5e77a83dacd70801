const @"größe" = 3;

fn @"長さ"(@"höhe": u32) u32 {
    return @"höhe" + @"größe";
}
