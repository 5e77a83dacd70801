pub const HANDLER: fn(u32) -> u32 = |n| n + 1;
static mut COUNTER: u32 = 0;
pub(crate) static NAMES: &[&str] = &["a"];

pub fn counted() -> impl Fn() -> u32 {
    let add = |a: u32, b| a + b;
    let named = move || add(unsafe { COUNTER }, HANDLER(1));
    named
}
