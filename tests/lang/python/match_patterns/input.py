def walk(node):
    match node:
        case Point(x=0, y=top) if top > 1:
            return top
        case [first, *rest]:
            return walk(rest)
        case {"key": value, **others}:
            return value, others
        case Color.RED | Color.BLUE:
            return 1
        case shapes.Circle() as circle:
            return circle
        case str() | None:
            return 2
        case name:
            return name
        case _:
            return 3
