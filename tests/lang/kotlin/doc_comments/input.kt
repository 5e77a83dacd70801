/** About the class. */
class Documented {
    // One line
    // and another.
    val lines = 1

    val bare = 2 // trailing

    /**
     * Adds.
     */
    @Deprecated("x")
    fun add(a: Int): Int { // why
        return a
    }

    /* far away */

    fun far() {}
}
