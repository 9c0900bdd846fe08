def f():
    class M:
        def __init__(self, v): self.v = v
        def __add__(self, o): return ('add', self.v, o)
        def __radd__(self, o): return ('radd', o, self.v)
        def __iadd__(self, o): self.v += o; return self
        def __neg__(self): return -self.v
        def __matmul__(self, o): return ('mm', o)
        def __lt__(self, o): return self.v < o.v
        def __eq__(self, o): return isinstance(o, M) and self.v == o.v
        def __hash__(self): return hash(self.v)
        def __repr__(self): return f'M({self.v})'
        def __format__(self, spec): return f'<{spec}>'
        def __index__(self): return self.v
        def __float__(self): return self.v + 0.5
        def __int__(self): return self.v + 100
        def __abs__(self): return 'abs'
        def __round__(self, n=None): return ('round', n)
        def __divmod__(self, o): return ('divmod', o)
    m = M(3)
    n = M(2)
    m += 4
    return m + 1, 1 + m, -m, m @ 2, n < m, m > n, sorted([m, n]), m == M(7), m != M(7), m in [M(7)], {m: 1}[M(7)], f'{m:>4}', f'{m}', f'{m!r}', [0, 1, 2][n], 'abc' * n, range(n), float(m), int(m), abs(m), round(m), round(m, 2), divmod(m, 1), hex(n), [*range(10)][n:m]
