import org.junit.jupiter.api.Test;

class QueueTest {
    @BeforeEach
    void setUp() {
    }

    @Test
    void startsEmpty() {
        assertTrue(queue.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void grows(int n) {
        assertEquals(n, queue.size());
    }

    public void testOldStyle() {
    }

    void testing() {
    }
}
