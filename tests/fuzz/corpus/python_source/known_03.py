def f():
    class E(Exception):
        def __init__(self, code):
            super().__init__(f'code {code}')
            self.code = code
    try:
        raise E(7)
    except (KeyError, E) as e:
        return str(e), e.code, repr(e), e.args, isinstance(e, Exception)
