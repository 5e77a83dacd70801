pub const Color = enum(u8) {
    red,
    green = 2,
    _,

    pub fn isWarm(self: Color) bool {
        return self == .red;
    }
};

const Value = union(enum) {
    int: i64,
    none,
    @"weird name": void,
};

const Errors = error{ OutOfMemory, Closed };

fn pick(v: Value) Errors!i64 {
    return switch (v) {
        .int => |n| n,
        .none, .@"weird name" => error.Closed,
    };
}
