val String.half: Int
    get() = length / 2

var Box.size: Int
    get() = stored
    set(value) {
        stored = value
    }

fun <T> List<T>.second(): T = this[1]

operator fun Point.plus(other: Point): Point = Point(x + other.x)

infix fun Int.times(other: Int) = this

fun use(a: Point, b: Point) {
    a + b
    3 times 4
    listOf(1).second()
}
