object Table {
  val square = (x: Int) => x * x
  val pick: (Int, Int) => Int = (a, b) => if (a > b) a else b
  val plain = compute(_ + 1)

  def sort(rows: List[Row]) = {
    val by = (row: Row) => row.rank
    rows.sortBy(by).map { row => row.name }.foreach(println)
  }
}
