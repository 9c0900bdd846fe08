def f():
    out = []
    try:
        try:
            1 / 0
        except ZeroDivisionError as e:
            out.append(str(e))
            raise KeyError('k') from e
        finally:
            out.append('finally')
    except KeyError as e:
        out.append((str(e), e.args, repr(e)))
    try:
        e
    except NameError as error:
        out.append('unbound')
    for i in range(2):
        try:
            raise ValueError(i)
        except ValueError as v:
            continue
    try:
        v
    except UnboundLocalError:
        out.append('unbound too')
    return out
