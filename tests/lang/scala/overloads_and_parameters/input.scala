class Printer(width: Int) {
  def this() = this(80)

  def print(value: Int): Unit = ()
  def print(value: String, times: Int = limit, rest: Any*): Unit = {
    print(1)
    print(value = "x", times = 2)
  }
  def curried(a: Int)(b: Int)(implicit c: Context): Int = a + b
  def lazily(value: => String)(using ctx: Context): String = value
}
