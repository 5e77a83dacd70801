def decide(a, b, items):
    if a and b or not a:
        return 1
    elif b:
        return 2
    else:
        pass
    for i in items:
        while i:
            try:
                i = step(i)
            except (ValueError, KeyError):
                break
            except OSError as err:
                raise Failed(err) from err
            else:
                continue
            finally:
                done()
    with open(a) as f, lock:
        text = f.read() if f else ""
    pairs = [x for x in items if x for y in x]
    assert text
    return pairs


def plain():
    return None
