fn outer(n: u32) u32 {
    const Local = struct {
        state: u32,

        fn step(self: *@This()) u32 {
            const doubled = self.state * 2;
            return doubled;
        }
    };
    var local = Local{ .state = n };
    const limit: u32 = 3;
    return local.step() + limit;
}

const Outer = struct {
    const Middle = struct {
        const Inner = enum { only };
    };
};
