object Registry : Base() {
    const val LIMIT = 10
    val names = listOf("a")

    fun find(name: String) = names.first()
}

class Box {
    companion object {
        fun make() = Box()
    }
}

class Named {
    companion object Factory : Maker {
        val count by lazy { 1 }
    }
}

fun anonymous() {
    val task = object : Runnable {
        private var tries = 0

        override fun run() {
            tries += 1
        }
    }
    task.run()
}
