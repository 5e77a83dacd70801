def _hidden():
    pass


def __mangled():
    pass


class _Private:
    public = 1
    _own = 2

    def __init__(self):
        pass

    def __len__(self):
        return 0

    def _helper(self):
        pass
