object Geometry:
  given ordering: Ordering[Point] = Ordering.by(_.x)

  given Show[Point] with
    def show(p: Point): String = p.toString

  extension (p: Point)
    def length: Double = p.x + p.y
    def scale(by: Int): Point = Point(p.x * by, p.y)

  def size(p: Point): Int =
    if p.x > 1 then 1
    else if p.y > 1 then 2
    else 3
  end size
end Geometry

@main def run(args: String*): Unit =
  println(args)
