def f():
    class A:
        n = 0
        def __new__(cls, *a):
            made = super().__new__(cls)
            made.tag = 'new'
            return made
        def __init__(self, x): self.x = x
    class X:
        def hi(self): return ['X']
    class Y(X):
        def hi(self): return ['Y'] + super().hi()
    class Z(X):
        def hi(self): return ['Z'] + super().hi()
    class W(Y, Z):
        def hi(self):
            def inner(): return super(W, self).hi()
            return ['W'] + inner()
    class P:
        __secret = 5
        def get(self): return self.__secret
    A.n += 1
    return A(3).tag, A(3).x, W().hi(), P().get(), P()._P__secret, A.n, str(W.__name__), W.hi is W.hi, hasattr(P, '__secret'), vars is vars
