def f():
    a, (b, *c), d = 1, (2, 3, 4), [5]
    x = y = []
    x.append(1)
    i = 0
    while (n := i * i) < 20:
        i += 1
    else:
        e = 'else'
    for q in []: pass
    else:
        e += '2'
    def g(p, /, q, *, r=3, **k): return p, q, r, k
    z = [u for v in ([1, 2], [3]) for u in v if u != 2]
    t = {**{'a': 1}, 'b': 2}
    lam = lambda *a, k=1, **kw: (a, k, kw)
    return a, b, c, d, y, n, i, e, g(1, 2), g(1, q=2, r=4, s=5), z, t, lam(1, 2, k=3, z=4), [*range(3), *'ab'], (*[1], 2), {*[1], 2}, 1 < 2 < 3 > 0, not 1 == 2, 5 if i else 6, [n for n in range(3)], n, i.__class__.__name__
