from typing import Generic, TypeVar

T = TypeVar("T")
type Pair[A, B: int] = tuple[A, B]


class Stack(Generic[T], base.Container[list[T]], metaclass=Meta):
    items: list[T] = []

    def push(self, item: T | None, *, at: "int" = 0) -> dict[str, pkg.Item]:
        ...


def first[U](xs: list[U]) -> U | None:
    found: U = xs[0]
    return found
