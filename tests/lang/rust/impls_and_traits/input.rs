pub trait Shape: Named + 'static {
    const SIDES: usize;
    type Unit: Copy;

    fn area(&self) -> f64;
    fn describe(&self) -> String {
        self.name().into()
    }
}

struct Square(f64);

impl Shape for Square {
    const SIDES: usize = 4;
    type Unit = f64;

    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

impl Square {
    pub fn new(side: f64) -> Self {
        Self(side)
    }

    fn grow(&mut self) {
        self.0 += 1.0;
    }
}

impl<T: Shape> Named for [T] {
    fn name(&self) -> &str {
        "many"
    }
}
