class Broken {
    fun before(): Int {
        return 1
    }

    fun bad(a: Int {
        return before()
    }

    fun after(a: Int) = before()
}

fun last() = 1
