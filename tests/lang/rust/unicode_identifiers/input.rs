struct Größe {
    höhe: u32,
}

impl Größe {
    fn 長さ(&self) -> u32 {
        self.höhe
    }
}

fn r#match(r#type: u32) -> u32 {
    let ñandú = r#type;
    ñandú + Größe { höhe: 2 }.長さ()
}
