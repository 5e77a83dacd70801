const testing = @import("std").testing;

fn add(a: i32, b: i32) i32 {
    return a + b;
}

test "adds two numbers" {
    try testing.expectEqual(@as(i32, 3), add(1, 2));
}

test add {
    _ = add(0, 0);
}

test "with an \"escape\"" {}

test {
    testing.refAllDecls(@This());
}
