"""Module text."""
# A comment above.
def commented():
    return 1


def documented(
    a,
):  # trailing
    """First line.

    More.
    """
    return a


class Shape:
    # not a docstring
    "short"

    def area(self): "inline"; return 0


# far away

def far():
    pass
