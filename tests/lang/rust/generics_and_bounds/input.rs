pub struct Cache<'a, K, V, const N: usize = 8>
where
    K: Eq + std::hash::Hash,
{
    slots: [Option<(&'a K, V)>; N],
}

impl<'a, K, V, const N: usize> Cache<'a, K, V, N>
where
    K: Eq + std::hash::Hash,
    for<'b> &'b V: IntoIterator<Item = K>,
{
    pub fn get<Q: ?Sized + AsRef<K>>(&self, key: &Q) -> impl Iterator<Item = &V> + '_ {
        let found = self.slots.iter().flatten().collect::<Vec<_>>();
        found.into_iter().map(|(_, v)| v).filter(move |_| key.as_ref() == key.as_ref())
    }
}

fn boxed(f: Box<dyn Fn(u8) -> bool + Send>) -> fn(u8) -> bool {
    Vec::<u8>::with_capacity(f(1) as usize);
    todo!()
}
