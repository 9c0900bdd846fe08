def f():
    x = [1, 2, 3]
    it = iter(x)
    x.append(4)
    d = {1: 2}
    out = [list(it)]
    try:
        for k in d: d[k + 1] = 0
    except RuntimeError:
        out.append('RuntimeError')
    y = [1]
    y.extend(v + y[-1] for v in range(3))
    z = [1, 2]
    z += z
    z[len(z):] = 'ab'
    out.append([i for i in reversed(z)])
    return out, y, z, [a for a, *b in [(1, 2, 3)]], sum(range(10)), range(10)[2:8:2], range(5) == range(0, 5), 3 in range(0, 10, 3), 4 in range(0, 10, 3), list(range(5, 0, -2)), len(range(10, 0)), range(3)[-1], slice(1, 2), slice(None, 3) == slice(None, 3, None)
