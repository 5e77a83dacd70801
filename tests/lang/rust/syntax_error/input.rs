fn before() -> u32 {
    1
}

fn broken( {
    let x = ;
}

struct After {
    field: u32,
}

fn after(a: After) -> u32 {
    a.field + before()
}
