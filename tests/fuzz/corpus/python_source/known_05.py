def f():
    class R:
        def __init__(self, n): self.n = n
        def __iter__(self): return iter(range(self.n))
        def __len__(self): return self.n
        def __getitem__(self, i):
            if isinstance(i, slice): return (i.start, i.stop, i.step)
            if i >= self.n: raise IndexError(i)
            return i * 10
        def __contains__(self, x): return x == 'in'
        def __call__(self, *a, **k): return a, k
        def __bool__(self): return self.n > 3
    class S:
        def __getitem__(self, i):
            if i > 2: raise IndexError
            return i
    class N:
        def __init__(self): self.i = 0
        def __iter__(self): return self
        def __next__(self):
            self.i += 1
            if self.i > 3: raise StopIteration
            return self.i
    r = R(3)
    n = N()
    return list(r), len(r), r[1], r[1:2], 'in' in r, 2 in r, r(1, a=2), bool(r), not R(5), list(S()), 1 in S(), list(N()), sum(N()), max(N()), next(n), [*n], iter(n) is n
