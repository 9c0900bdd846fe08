def f():
    def g():
        x = yield 1
        y = yield x
        return x, y
    def h():
        r = yield from g()
        yield r
    it = h()
    return next(it), it.send('a'), it.send('b'), next(it, 'end'), list(i for i in h())
