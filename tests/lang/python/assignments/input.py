LIMIT = 3
a = b = 1
(c, [d, *e]) = parts
count: int
ratio: float = 0.5
obj.attr = 1
table["k"] = 2
LIMIT += 1
if (n := read()) > 2:
    inside = n
for index, item in enumerate(parts):
    item.done = True
del a, table[0]


def local():
    global LIMIT
    LIMIT = 4
    x: int = 1
    y, z = x, x
