use std::ops::{Add, Index};

struct V(i32);

impl Add for V {
    type Output = V;

    fn add(self, rhs: V) -> V {
        V(self.0 + rhs.0)
    }
}

impl Index<usize> for V {
    type Output = i32;

    fn index(&self, _at: usize) -> &Self::Output {
        &self.0
    }
}

impl PartialEq<i32> for &V {
    fn eq(&self, other: &i32) -> bool {
        self.0 == *other
    }
}
