fun print(value: Int) {}

fun print(value: String, times: Int = limit, vararg rest: Any?) {
    print(1)
    print(value = "x", times = 2)
    print("y", rest)
}

class Printer(private val width: Int) {
    constructor(name: String, other: Int) : this(other) {
        log(name)
    }

    constructor() : this(80)
}
