def outer(a):
    total = a

    def inner(b):
        nonlocal total

        class Local:
            limit = 3

            def method(self):
                return self.limit + total

        total += b
        return Local()

    return inner


class Outer:
    class Inner:
        depth = 2

        def go(self):
            return Outer.Inner.depth
