fn patterns(input: Option<(u8, Pair)>) -> u8 {
    let (mut first, ref second) = (1, 2);
    if let Some((n @ 1..=MAX, Pair { left, right: (a, _), .. })) = input {
        first += n;
        drop((left, a));
    }
    while let Some(top) = stack.pop() {
        drop(top);
    }
    let Ok(value) = parse() else { return 0 };
    match value {
        Kind::A | Kind::B(..) => first,
        Kind::C { code } if code > limit() => code,
        other => convert(other, &second),
    }
}

fn params(&(x, y): &(u8, u8), [head, .., tail]: [u8; 4]) {
    for (index, item) in list.iter().enumerate() {
        cells[index].value = item;
    }
    |left: u8, (right, _)| left + right + x + y + head + tail;
}
