def f():
    log = []
    class C:
        def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
        def __enter__(self):
            log.append('enter ' + self.name)
            return self.name
        def __exit__(self, cls, error, tb):
            log.append((self.name, cls is None, str(error)))
            return self.swallow
    with C('a') as a, C('b', True) as b:
        log.append((a, b))
        raise ValueError('x')
    for i in range(3):
        with C('c'):
            if i == 1: break
            continue
    def g():
        with C('d'):
            return 'result'
    return log, g()
