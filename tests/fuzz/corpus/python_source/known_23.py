def f():
    from dataclasses import dataclass, field, asdict, replace, fields, is_dataclass
    @dataclass
    class A:
        x: int
        y: float = 2.0
        z: list = field(default_factory=list)
        def total(self): return self.x + self.y
    @dataclass
    class B(A):
        w: str = 'w'
        def __post_init__(self): self.x *= 2
    @dataclass(frozen=True)
    class F:
        a: int = 1
    a = A(1)
    out = []
    try:
        F().a = 2
    except Exception as e:
        out.append((type(e).__name__, str(e)))
    try:
        A()
    except TypeError as e:
        out.append('TypeError')
    return repr(a).split('.')[-1], a == A(1), a != A(2), a.total(), B(2).x, asdict(B(1, z=[1])), replace(a, x=9).x, [q.name for q in fields(B)], is_dataclass(A), is_dataclass(3), out, F(3).a, F(1) == F(), len({F(1), F(1)}), a.z is A(1).z, A(x=1, y=3).y
