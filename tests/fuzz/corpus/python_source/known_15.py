def f():
    s = {3, 1, 2}
    t = {2, 3, 4}
    u = set(s); u.add(9); u.discard(1); u.discard(77); u |= {5}; u -= {9}
    v = frozenset([1, 2, 2])
    return s & t, s | t, s - t, s ^ t, s <= {1, 2, 3, 4}, s < s, s >= {1}, u, v, {v: 1}[frozenset([2, 1])], s.union([7], (8,)), s.intersection([3, 1]), s.difference([1]), s.symmetric_difference([1, 7]), s.issubset(t), s.isdisjoint({9}), len(s), 1 in s, set('aab') == {'a', 'b'}, {x % 3 for x in range(10)}, frozenset() == set(), sorted(s | {0}), set(range(5)) - {2}, type(v & s).__name__, type(s & v).__name__
