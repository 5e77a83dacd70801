//! A module.

const std = @import("std");

/// A point in the plane.
pub const Point = struct {
    /// Across.
    x: f32,
    y: f32 = 0,

    const Self = @This();
    pub var count: usize = 0;

    pub fn init(x: f32, y: f32) Self {
        count += 1;
        return .{ .x = x, .y = y };
    }

    fn length(self: *const Self) f32 {
        return @sqrt(self.x * self.x + self.y * self.y);
    }
};

const Handle = opaque {
    extern fn close(handle: *Handle) void;
};
