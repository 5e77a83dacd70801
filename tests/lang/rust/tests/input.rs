fn double(n: u32) -> u32 {
    n * 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture() -> u32 {
        21
    }

    #[test]
    fn doubles() {
        assert_eq!(double(fixture()), 42);
    }

    #[tokio::test]
    #[should_panic(expected = "overflow")]
    async fn panics() {
        double(u32::MAX);
    }
}
