package shop

class Cart {
    inner class Line(val amount: Int) {
        fun total(): Int {
            fun tax(rate: Int): Int = amount * rate
            return amount + tax(2)
        }
    }

    private val lines = mutableListOf<Line>()

    fun add(line: Line) {
        val before = lines.size
        lines.add(line)
    }
}
