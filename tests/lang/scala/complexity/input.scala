object Flow {
  def decide(a: Int, items: List[Int]): Int = {
    if (a > 1 && a < 5 || a == 9) one()
    else if (a == 2) two()
    else three()
    for (item <- items; if item > 2) {
      while (true) {
        if (item == a) stop()
      }
    }
    do { step() } while (a < 3)
    a match {
      case 1 | 2 => small()
      case n if n > 5 => big()
      case _ => none()
    }
    try risky()
    catch {
      case e: Failure => log(e)
      case _: Error => quit()
    } finally close()
  }

  def plain = 1
}
