def f():
    out = []
    for g in [lambda: int('x'), lambda: int('1.5'), lambda: float('a'), lambda: [].pop(), lambda: {}['a'], lambda: [1][5], lambda: 'a' + 1, lambda: None.x, lambda: len(5), lambda: iter(5), lambda: next(iter([])), lambda: list(zip([1], [1, 2], strict=True)), lambda: sorted([1, 'a']), lambda: min([]), lambda: max(1), lambda: int('9', 8), lambda: range(1, 2, 0), lambda: 'abc'.index('z'), lambda: [1].remove(2), lambda: {1}.remove(2), lambda: set().pop(), lambda: {}.popitem(), lambda: [[]] in {1}, lambda: {[]: 1}, lambda: hash([]), lambda: ''.join([1]), lambda: chr(-1), lambda: ord('ab'), lambda: (1, 2)[2], lambda: setattr(5, 'x', 1), lambda: getattr(5, 'x'), lambda: isinstance(1, 1), lambda: 1 < 'a', lambda: [] < (), lambda: -'a', lambda: ~1.5, lambda: 1 @ 2, lambda: 5(), lambda: abs('a'), lambda: round('a'), lambda: sum(['a']), lambda: dict([1]), lambda: dict([(1, 2, 3)]), lambda: list.append(5, 1), lambda: str.upper(5), lambda: dict.get([], 1), lambda: float(10) // 0, lambda: 1 % 0, lambda: 2 ** 'a', lambda: print(1, foo=2), lambda: len(), lambda: len([], []), lambda: int('1', base=3, foo=1), lambda: 'a'.split(''), lambda: [1, 2, 3][::0], lambda: float('1_'), lambda: int('_1'), lambda: int(''), lambda: reversed({1}), lambda: object(1), lambda: object().x]:
        try:
            out.append(g())
        except Exception as e:
            out.append(type(e).__name__)
    return out
