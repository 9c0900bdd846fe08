def f():
    a = [3, 1, 2]
    a.append(5); a.extend([7, 8]); a.extend(x for x in (9,)); a.insert(1, 'i'); a.insert(-1, 'j'); a.insert(100, 'k')
    p = a.pop(), a.pop(0), a.pop(-2)
    a.remove(2)
    b = a[:]
    b[1:3] = ['x', 'y', 'z']
    b[::2] = [0] * len(b[::2])
    c = list(range(10))
    del c[2:5]
    del c[::3]
    d = [5, 2, 9]
    d.sort(); e = sorted(d, reverse=True); d.reverse()
    w = sorted(['bb', 'a', 'CC', 'd'], key=str.lower), sorted([(1, 'b'), (1, 'a'), (0, 'z')], key=lambda t: t[0], reverse=True)
    g = [1, 2, 3, 2]
    return a, p, b, c, d, e, w, g.index(2), g.index(2, 2), g.count(2), (1, 2, 1).count(1), (1, 2).index(2), [1] + [2], [0] * 3, [[1]] * 2, [1, 2] < [1, 3], [1, 2] == [1, 2], a.copy() == a, a.clear(), a
