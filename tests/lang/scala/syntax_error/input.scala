object Broken {
  def before(): Int = 1

  def bad(a: Int) = {
    before(a, )]
  }

  def after(a: Int) = before()
}
