sealed abstract class Shape
case class Circle(radius: Double, private val id: Int) extends Shape
case object Empty extends Shape

object Shape extends Factory {
  val Limit = 3
  def apply(): Shape = new Named {
    val label = "c"
    override def name = label
  }
}

package object utils {
  val one = 1
}

trait Named { self: Shape =>
  def name: String
  val label: String
  var count: Int
}
