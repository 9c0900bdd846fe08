def f():
    def g(a, b): return a, b
    out = []
    for h in [lambda: g(1), lambda: g(1, 2, 3), lambda: g(1, 2, b=3), lambda: g(a=1, c=2), lambda: g(*[1], **{'b': 2}), lambda: g(**{'a': 1}, **{'a': 2}), lambda: (lambda x, /: x)(x=1), lambda: (lambda *, k: k)(1)]:
        try:
            out.append(h())
        except TypeError as e:
            out.append('TypeError')
    return out
