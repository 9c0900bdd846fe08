def f():
    import operator
    from operator import itemgetter, attrgetter
    class A: pass
    a = A(); a.b = A(); a.b.c = 4
    return operator.add(1, 2), itemgetter(1)([5, 6]), itemgetter(0, 2)('abc'), attrgetter('b.c')(a), operator.mul(3, 4), operator.lt(1, 2), operator.getitem({'a': 1}, 'a'), operator.not_(0), sorted([(2, 'a'), (1, 'b')], key=itemgetter(0)), operator.contains([1], 1)
