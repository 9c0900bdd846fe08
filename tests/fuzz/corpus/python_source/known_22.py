def f():
    import copy
    class N:
        def __init__(self): self.l = [1]; self.me = self
    a = [1, [2, 3], {'k': [4]}]
    b = copy.deepcopy(a)
    c = copy.copy(a)
    b[1].append(5)
    c[1].append(6)
    n = copy.deepcopy(N())
    t = (1, 2)
    shared = [0]
    s = copy.deepcopy([shared, shared])
    s[0].append(1)
    return a, b, c, n.me is n, n.l, copy.deepcopy(t) is t, s, copy.copy({1: 2}), copy.deepcopy({1, 2})
