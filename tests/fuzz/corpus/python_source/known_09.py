def f():
    out = []
    for a in [lambda: '%d' % 'a', lambda: '%s %s' % 1, lambda: '%s' % (1, 2), lambda: '%z' % 1, lambda: '%(a)s' % 1, lambda: '{} {0}'.format(1), lambda: '{'.format(), lambda: '{}'.format(), lambda: '{a}'.format(), lambda: format(1, 'q'), lambda: format('a', 'd'), lambda: format('a', '=5'), lambda: format(1.5, 'd'), lambda: format([], '5'), lambda: format(1, '.3d'), lambda: format(1, ',x'), lambda: '{0.x}'.format]:
        try:
            out.append(a())
        except Exception as e:
            out.append(type(e).__name__)
    return out[:-1]
