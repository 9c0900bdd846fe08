def f():
    d = {'a': 1, 'b': 2}
    d['c'] = 3
    e = dict(d, z=9)
    e.update({'a': 10}, y=8); e.update([('p', 1)])
    k = d.keys() & {'a', 'q'}
    i = d.items()
    d.setdefault('m', []).append(1)
    return d, e, k, list(i), d.get('zz'), d.get('zz', 5), d.pop('a'), d.pop('none', 'gone'), 'b' in d, list(d), list(d.values()), len(d), d.popitem(), dict.fromkeys('ab', 0), {**d, 'x': 1}, d | {'q': 1}, dict(zip('ab', (1, 2))), {k: v for k, v in d.items() if v}, list(reversed(d)), d.keys() == {'b', 'c'}, repr(d.keys()), repr({1: 2}.items()), ('b', 2) in d.items(), 2 in d.values(), d.copy(), bool({}), {1: 'a'} == {1.0: 'a'}, {True: 1, 1: 2}
