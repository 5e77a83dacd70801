fn List(comptime T: type) type {
    return struct {
        items: []T,
        len: usize = 0,

        pub const Item = T;
        const Inner = struct { next: ?*Inner };

        pub fn get(self: @This(), at: usize) ?T {
            const limit = self.len;
            return if (at < limit) self.items[at] else null;
        }
    };
}

const Bytes = List(u8);

pub inline fn map(comptime n: usize, args: anytype, f: fn (usize) void) [n]Bytes {
    f(args.len);
    return std.mem.zeroes([n]Bytes);
}
