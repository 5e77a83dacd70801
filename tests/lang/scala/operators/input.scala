class Vec(val x: Int) {
  def +(other: Vec): Vec = new Vec(x + other.x)
  def unary_- : Vec = new Vec(-x)
  def ::(head: Int) = head
}

object Use {
  val sum = a + b * c
  val list = 1 :: rest
  val range = 1 to 3
  val both = left max right
  total += 1
}
