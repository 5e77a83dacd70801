import org.junit.Test

class QueueTest {
    @Before
    fun setUp() {}

    @Test
    fun startsEmpty() {
        assertTrue(queue.isEmpty())
    }

    @Test
    fun `grows when pushed`() {
        queue.push(1)
    }

    fun helper() {}
}
