val square = { x: Int -> x * x }
val pick = fun(a: Int, b: Int): Int { return if (a > b) a else b }

class Table {
    val key = { row: Row -> row.name ?: "" }
    val plain = compute { it + 1 }

    fun sort() {
        val by = { row: Row -> row.rank }
        rows.sortedBy(by).map(::wrap).filter(Row::valid).forEach { (a, _) -> show(a) }
    }
}
