object Broken {
  def before(): Int = 1

  def bad(a: Int = {
    before()
  }

  def after(a: Int) = before()
}
