enum class Color(val code: Int) : Shade {
    RED(1),
    GREEN(2) {
        override fun dark() = true
    };

    abstract fun dark(): Boolean

    companion object {
        val first = RED
    }
}
