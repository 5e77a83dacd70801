fn straight() void {}

fn busy(a: bool, b: ?u32, items: []const u32) !u32 {
    var total: u32 = 0;
    for (items, 0..) |item, i| {
        if (a and item > 3 or i == 0) {
            continue;
        } else if (b) |value| {
            while (total < value) : (total += 1) {}
        } else {
            total = b orelse 0;
        }
    }
    const x = parse(total) catch |err| return err;
    return switch (x) {
        0, 1 => 1,
        else => total,
    };
}
