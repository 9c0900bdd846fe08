def f():
    def gen():
        try:
            yield 1
            yield 2
        finally:
            out.append('closed')
    out = []
    g = gen()
    next(g)
    g.close()
    h = gen()
    out.append(list(h))
    def bad():
        yield 1
        raise StopIteration
    try:
        list(bad())
    except RuntimeError:
        out.append('RuntimeError')
    def early():
        return
        yield
    return out, list(early()), [x for x in gen()]
