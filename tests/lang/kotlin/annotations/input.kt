@file:JvmName("Marked")

package a.b

@Target(AnnotationTarget.CLASS)
annotation class Marker(val name: String)

@Marker(name = Names.MAIN)
@Suppress("x")
class Marked {
    @get:Rule
    @JvmField
    val field: String = ""

    @Throws(Failure::class)
    fun go(@Marker("p") param: Int) {}
}
