import unittest


class QueueTest(unittest.TestCase):
    def setUp(self):
        self.q = Queue()

    def test_empty(self):
        self.assertTrue(self.q.empty())


@pytest.mark.parametrize("n", [1, 2])
def test_push(n):
    assert push(n) == n


def helper_test():
    pass
