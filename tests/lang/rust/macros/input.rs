/// Makes a getter.
#[macro_export]
macro_rules! getter {
    ($name:ident, $ty:ty) => {
        pub fn $name(&self) -> &$ty {
            &self.$name
        }
    };
    ($($rest:tt)*) => { compile_error!(stringify!($($rest)*)) };
}

struct S {
    len: usize,
}

impl S {
    getter!(len, usize);
}

fn use_them(s: &S) -> Vec<usize> {
    assert_eq!(s.len(), compute(self::limit, 2), "message {}", s.len);
    log::info!("{}", Kind::First.label());
    println!("{}", if s.len != 3 { "a" } else { "b" });
    vec![s.len(), LIMIT]
}
