package shop

class Cart {
  class Line(val amount: Int) {
    def total: Int = {
      def tax(rate: Int): Int = amount * rate
      val base = amount
      base + tax(2)
    }
  }

  private val lines = Buffer.empty[Line]

  def each(f: Line => Unit): Unit = {
    class Counter {
      var seen = 0
      def count() = seen += 1
    }
    new Counter().count()
    lines.foreach(f)
  }
}
