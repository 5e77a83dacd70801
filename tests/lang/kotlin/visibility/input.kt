internal class Outer {
    val open = 1
    protected val half = 2
    private val closed = 3

    private class Hidden {
        fun reachable() {}
    }

    private fun secret() {
        class Local {
            val inside = 1
        }
    }
}

private const val LIMIT = 3
