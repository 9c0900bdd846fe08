def f():
    x = 5
    w = 8
    return f'{x=} {x!r:>{w}} {x:{w}d}{{}} {"a" "b"} {x + 1} {[i for i in range(x)]} {x if x else 0}'.replace('=', ':'), f"{'nested' + f'{x}'}", f'{x:>{w}}', f'{"q":{"*"}^{w}}'
