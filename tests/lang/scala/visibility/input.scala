class Outer {
  val open = 1
  protected val half = 2
  private val closed = 3

  private object Hidden {
    def reachable() = 1
  }

  private def secret() = {
    object Local { val deep = 1 }
    Local.deep
  }
}
