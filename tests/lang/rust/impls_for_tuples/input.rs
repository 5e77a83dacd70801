struct Cart;
impl Total for (Cart, u8) {
    fn total(&self) -> u8 { self.1 }
}
impl Total for () {
    fn total(&self) -> u8 { 0 }
}
impl<T: Total> Total for &T {
    fn total(&self) -> u8 { (**self).total() }
}
