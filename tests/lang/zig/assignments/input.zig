fn assign(p: *Point, list: []u8) void {
    p.x = 1;
    p.* = .{ .x = 2, .y = 3 };
    list[0] = 4;
    const a, var b = pair();
    b = a;
    _ = b;
    blk: {
        break :blk;
    }
    defer close(p);
    errdefer |err| log(err);
    const q = Point{ .x = 5, .y = p.y };
    q.move(.{ .left, 3 });
}
