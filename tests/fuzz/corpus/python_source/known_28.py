def f():
    def outer():
        x = 0
        def inc():
            nonlocal x
            x += 1
            return x
        def get(): return x
        return inc, get
    inc, get = outer()
    inc(); inc()
    fs = [lambda i=i: i for i in range(3)]
    gs = [lambda: i for i in range(3)]
    def rec(n): return 1 if n == 0 else n * rec(n - 1)
    class K:
        v = [1, 2]
        w = [x * 2 for x in v]
        def m(self): return __class__.__name__
    return get(), [h() for h in fs], [h() for h in gs], rec(10), K.w, K().m()
