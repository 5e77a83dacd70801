class Größe(val länge: Int) {
  val `odd name` = 3
  def öffne(π: Double) = π * länge + `odd name`
}
