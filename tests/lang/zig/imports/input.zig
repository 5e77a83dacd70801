const std = @import("std");
const lib = @import("lib/main.zig");
const Parser = @import("parser.zig").Parser;
const c = @cImport({
    @cInclude("stdio.h");
});
usingnamespace @import("more.zig");
pub const ArrayList = std.ArrayList;
