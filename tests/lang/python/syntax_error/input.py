def before(a):
    return a


def broken(a):
    x = = a
    return before(x)


class After:
    def kept(self):
        return before(1)
