class Größe(val länge: Int) {
    val ηλικία = 3

    fun `odd name`(ärger: Int) = ärger + länge
}
