object Walk {
  def walk(node: Any): Int = node match {
    case Point(x, y: Int) if x > 1 => x
    case p @ Circle(_, r) => r
    case head :: Nil => head
    case (a, Some(b)) => a + b
    case Empty | Limits.None => 0
    case `fixed` => 1
    case other => other.hashCode
    case _ => 2
  }

  val Pair(first, second) = make()
  val (left, right) = parts
  for {
    (k, v) <- table
    n = k + v
    if n > 1
  } yield n
}
