fun decide(a: Int, items: List<Int>): Int {
    if (a > 1 && a < 5 || a == 9) {
        one()
    } else if (a == 2) {
        two()
    } else {
        three()
    }
    outer@ for (item in items) {
        while (true) {
            if (item == a) continue@outer
            break@outer
        }
    }
    do {
        step()
    } while (a < 3)
    val text = when (a) {
        1, 2 -> "small"
        in 3..9 -> "some"
        is Int -> "any"
        else -> "none"
    }
    try {
        risky()
    } catch (e: Failure) {
        log(e)
    } finally {
        close()
    }
    return items.firstOrNull() ?: a
}

fun plain() = 1
