fn before() u32 {
    return 1;
}

fn broken(a: u32) u32 {
    const x = ;
    return a +;
}

fn after() u32 {
    return before();
}
