const Visitor = struct {
    visit: *const fn (node: Node, depth: usize) anyerror!bool,
    context: ?*anyopaque = null,
};

fn walk(visitor: Visitor, nodes: []const []Node) anyerror!void {
    for (nodes[0]) |node| {
        if (!try visitor.visit(node, 1)) break;
    }
}

const table = [_]Visitor{ .{ .visit = &keep }, .{ .visit = &drop } };
