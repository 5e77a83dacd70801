/// Two
/// lines.
pub fn documented() void {}

// An ordinary comment counts too.
const plain = 1;

/// Far away.

const undocumented = 2; // trailing

fn bare() void {}
