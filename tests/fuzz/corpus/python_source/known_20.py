def f():
    from collections import OrderedDict, namedtuple, defaultdict
    import collections.abc as cabc
    from collections.abc import Iterable
    P = namedtuple('P', ['x', 'y'], defaults=[5])
    p = P(1)
    a, b = p
    d = defaultdict(list)
    d['a'].append(1)
    o = OrderedDict([('b', 1), ('a', 2)])
    o.move_to_end('b')
    class Q(namedtuple('Q', 'u v')):
        def total(self): return self.u + self.v
    from typing import NamedTuple
    class T(NamedTuple):
        i: int
        j: str = 'x'
    t = T(3)
    return p, p.x, p.y, a, b, p._replace(x=9), p._asdict(), P._fields, p == (1, 5), p[0], p[1:], dict(d), d.get('zz'), o, list(o), OrderedDict(a=1) == {'a': 1}, Q(1, 2).total(), t, t.i, t.j, isinstance(t, tuple), isinstance([], Iterable), isinstance(5, cabc.Iterable), isinstance({}, cabc.Mapping), isinstance((), cabc.Sequence), hash(P(1, 2)) == hash((1, 2)), {P(1, 2): 3}[(1, 2)], o.popitem(last=False), OrderedDict(), len(o), p + (7,), sorted([P(2, 1), P(1, 2)])
