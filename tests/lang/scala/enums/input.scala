enum Color(val code: Int) extends Shade {
  case Red extends Color(1)
  case Green, Blue
  case Mixed(parts: List[Color]) extends Color(3)

  def dark: Boolean = code > 1
}
