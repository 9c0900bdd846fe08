def f():
    class A:
        def __init__(self, x): self.x = x
        @property
        def double(self): return self.x * 2
        @double.setter
        def double(self, v): self.x = v // 2
        @staticmethod
        def s(a, b=3): return a + b
        @classmethod
        def c(cls, x): return cls(x)
    class B(A):
        def __init__(self, x, y=1):
            super().__init__(x)
            self.y = y
        @classmethod
        def c(cls, x):
            made = super().c(x)
            made.y = 5
            return made
    b = B.c(4)
    b.double = 20
    return b.x, b.double, b.y, b.s(1), B.s(1, 2), type(b).__name__, isinstance(b, A), issubclass(B, (int, A)), b.__class__.__name__
