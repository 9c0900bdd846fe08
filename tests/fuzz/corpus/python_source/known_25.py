def f():
    from contextlib import contextmanager, nullcontext, suppress
    log = []
    @contextmanager
    def c(x):
        log.append('in')
        try:
            yield x
        except KeyError:
            log.append('caught')
        finally:
            log.append('out')
    with c(5) as v:
        log.append(v)
    with c(6):
        raise KeyError
    try:
        with c(7):
            raise ValueError('v')
    except ValueError as e:
        log.append(str(e))
    with nullcontext(3) as n, suppress(ZeroDivisionError):
        log.append(n)
        1 / 0
    return log
