import functools


@functools.lru_cache(maxsize=None)
@registry.add("name", key=compute())
def cached(n):
    return n


class Box:
    @property
    def size(self):
        return self._size

    @size.setter
    def size(self, value):
        self._size = value

    @staticmethod
    def make():
        return Box()

    @classmethod
    async def load(cls, path):
        return cls(await read(path))


@dataclass
class Point:
    x: int
    y: int = 0
