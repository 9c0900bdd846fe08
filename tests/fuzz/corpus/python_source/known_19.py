def f():
    from functools import partial, reduce, wraps, lru_cache
    import functools
    def deco(fn):
        @wraps(fn)
        def inner(*a, **k):
            return ('wrapped', fn(*a, **k))
        return inner
    @deco
    def add(a, b=1):
        return a + b
    @lru_cache(maxsize=None)
    def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
    @functools.lru_cache
    def one(): return 1
    p = partial(add, 10, b=5)
    q = partial(p, b=7)
    class C:
        m = partial(add, 1)
        def meth(self): return self
    return add(1), add.__name__, p(), p(b=1), q(), p.args, p.keywords, p.func is add, reduce(lambda a, b: a * b, [1, 2, 3, 4]), reduce(max, [], 0), fib(20), one(), C().m(), sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)), [partial(max, 3)(x) for x in (1, 5)]
