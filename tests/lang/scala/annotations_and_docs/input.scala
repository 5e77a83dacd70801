/** About the class. */
@deprecated("old", since = "1.0")
@Marker
class Documented {
  // One line
  // and another.
  val lines = 1

  val bare = 2 // trailing

  /** Adds. */
  @tailrec
  final def add(@unused a: Int): Int = // why
    a

  /* far away */

  def far() = s"x $lines ${lines + bare}"
}
