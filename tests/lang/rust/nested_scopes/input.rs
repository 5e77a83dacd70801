mod outer {
    pub mod inner {
        pub struct Deep;

        impl Deep {
            pub fn touch(&self) -> u32 {
                fn helper(seed: u32) -> u32 {
                    struct Local {
                        value: u32,
                    }
                    Local { value: seed }.value
                }
                helper(7)
            }
        }
    }

    fn private() {}
}

fn top() {
    const LIMIT: u32 = 3;
    let value = outer::inner::Deep.touch() + LIMIT;
    drop(value);
}
