fn straight() {}

fn busy(a: bool, b: bool, items: &[u32]) -> u32 {
    let mut total = 0;
    'outer: for item in items {
        if a && b || *item > 3 {
            continue 'outer;
        } else if a {
            while total < 10 {
                total += 1;
            }
        } else {
            loop {
                break;
            }
        }
    }
    match total {
        0 => 1,
        _ => total,
    }
}
