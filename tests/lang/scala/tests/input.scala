import org.junit.Test

class QueueTest {
  @Before def setUp(): Unit = ()

  @Test def startsEmpty(): Unit = {
    assertTrue(queue.isEmpty)
  }

  def helper(): Unit = ()
}
