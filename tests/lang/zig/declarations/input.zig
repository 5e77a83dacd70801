extern fn puts(text: [*:0]const u8) c_int;
extern "c" var environ: [*:null]?[*:0]u8;
export fn add(a: i32, b: i32) callconv(.C) i32 {
    return a + b;
}
threadlocal var depth: u32 = 1;
const Callback = fn (u8) void;
const callback: *const fn (code: u32) void = &stop;
pub const limit: usize = 8;
comptime {
    const local = 1;
    @export(add, .{ .name = "plus" });
}
