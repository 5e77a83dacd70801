pub enum Message {
    Quit,
    Move { x: i32, y: i32 },
    Write(String),
    Code = 7,
}

enum Private {
    Only,
}

#[repr(C)]
union Bits {
    int: u32,
    float: f32,
}

type Result<T> = std::result::Result<T, Message>;

fn make() -> Message {
    let bits = Bits { int: 1 };
    Message::Move { x: unsafe { bits.int } as i32, y: 2 }
}
