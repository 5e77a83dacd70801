//! The crate.

/// A point.
///
/// With two lines of text.
#[derive(Debug, Clone)]
#[repr(C)]
pub struct Point {
    /// Across.
    #[serde(rename = "pub (x", default)]
    pub x: i32,
    y: i32, // trailing: no documentation
}

#[inline] // why
/** Block documentation. */
pub fn block() {}

// An ordinary comment counts too.
fn plain() {}

/// Far away.

fn undocumented() {}

#[cfg(all(unix, not(test)))]
#[allow(dead_code)]
enum Empty {}
