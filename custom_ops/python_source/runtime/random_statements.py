"""Random functions of statements around the expressions of random_library.py."""

from random_library import Library

HEAD = """import copy, itertools, math
from collections import OrderedDict, defaultdict, namedtuple
from contextlib import contextmanager
from functools import partial, reduce
"""


class Statements(Library):
    def simple(self, pad):
        r = self.random
        n, u, l, d, s, x = (lambda m=m: self.arg(m, 2) for m in (self.n, self.u, self.l, self.d, self.s, self.any))
        return pad + r.choice([
            lambda: f"{r.choice('nm')} = {n()}", lambda: f"{r.choice('uv')} = {u()}", lambda: f"{r.choice('lk')} = {l()}",
            lambda: f"{r.choice('de')} = {d()}", lambda: f"s = {s()}", lambda: f"x = {x()}", lambda: f"n, *l = {l()}", lambda: f"n, m = m, {n()}",
            lambda: f"l.append({x()})", lambda: f"l.insert({r.randint(-2, 4)}, {x()})", lambda: f"x = l.pop({r.choice(['', '0', '-1', '1'])})",
            lambda: f"l.extend({self.pick(l, u)})", lambda: f"l.sort({r.choice(['', 'key=str', 'reverse=True'])})", lambda: "l.reverse()",
            lambda: f"l.remove({n()})", lambda: f"l[{self.slice(1)}] = {l()}", lambda: f"del l[{self.slice(1)}]", lambda: f"l[{r.randint(-2, 2)}] = {x()}",
            lambda: f"d[{self.pick(n, u)}] = {x()}", lambda: f"d.update({d()})", lambda: f"x = d.pop({self.pick(n, u)}, {n()})",
            lambda: f"d.setdefault({u()}, []).append({n()})", lambda: "x = d.popitem()", lambda: f"s.add({r.randint(-9, 40)})", lambda: f"s.discard({r.randint(0, 9)})",
            lambda: f"s {r.choice(['|', '&', '-', '^'])}= {self.s(1)}", lambda: f"n {r.choice(['+', '-', '*', '//', '%'])}= {n()}", lambda: f"u += {u()}",
            lambda: f"l += {self.pick(l, u)}", lambda: "x = s.pop()", lambda: f"assert {self.b(2)}, {u()}", lambda: f"s.update({self.s(1)})",
            lambda: f"raise {r.choice(['ValueError', 'KeyError', 'TypeError', 'RuntimeError'])}({x()})", lambda: f"x = [y := {n()}, y + 1]",
        ])()

    def block(self, depth, indent):
        r = self.random
        pad = "    " * indent
        lines = []
        for _ in range(r.randint(1, 3)):
            kind = r.randint(0, 13) if depth > 0 else 0
            inner = lambda: self.block(depth - 1, indent + 1)
            if kind < 6:
                lines.append(self.simple(pad))
            elif kind == 6:
                lines += [f"{pad}if {self.b(2)}:"] + inner() + [f"{pad}elif {self.b(1)}:"] + inner() + [f"{pad}else:"] + inner()
            elif kind == 7:
                lines += [f"{pad}for {r.choice(['n', 'x', 'n, m'])} in {self.pick(lambda: self.l(2), lambda: self.d(1), lambda: self.u(1), lambda: 'enumerate(u)')}:"]
                lines += inner() + ([f"{pad}    {r.choice(['break', 'continue'])}"] if r.random() < 0.3 else [])
            elif kind == 8:
                lines += [f"{pad}try:"] + inner()
                lines += [f"{pad}except ({r.choice(['ValueError', 'TypeError', 'KeyError, IndexError', 'Exception'])}) as error:",
                          f"{pad}    x = type(error).__name__, {r.choice(['n', 'len(error.args)', 'u'])}"]
                if r.random() < 0.5:
                    lines += [f"{pad}finally:"] + inner()
            elif kind == 9:
                lines += [f"{pad}def g(a, b={self.n(1)}, *c, k={self.u(0)}, **o):"] + [f"{pad}    nonlocal n"] * (r.random() < 0.3)
                lines += [f"{pad}    {r.choice(['n = a', 'a = b', 'b += 1'])}" if "nonlocal" in lines[-1] else f"{pad}    a = a"]
                lines += [f"{pad}    return {r.choice(['a, b, c, k, o', 'a + b', '[a] * b', 'n + a'])}"]
                lines += [f"{pad}x = g({r.choice(['1', 'n, m', '1, 2, 3', 'n, k=u', 'a=1, q=2', '*l', 'b=2', '**d', '1, b=m'])})"]
            elif kind == 10:
                lines += [f"{pad}def h(a):", f"{pad}    for q in a:", f"{pad}        got = yield {r.choice(['q', 'q * 2', '(q, n)'])}",
                          f"{pad}        if {r.choice(['q == m', 'got', 'not q'])}: return q", f"{pad}    {r.choice(['yield from l', 'yield n', 'pass'])}",
                          f"{pad}x = {r.choice(['list(h(l))', 'list(itertools.islice(h(u), 3))', 'sum(h(range(4)))', '[*h(d)]', 'next(h(l))', 'dict(zip(h(u), h(l)))'])}"]
            elif kind == 11:
                lines += [f"{pad}class A:", f"{pad}    {r.choice(['z = n', 'z = [1]', 'z = 5'])}", f"{pad}    def __init__(self, a, b=1): self.a, self.b = a, b",
                          f"{pad}    def __{r.choice(['add', 'radd', 'eq', 'lt', 'getitem', 'call', 'contains', 'mul'])}__(self, o): return (self.a, {r.choice(['o', 'self.b', 'self.z'])})",
                          f"{pad}    def __len__(self): return {r.choice(['self.a', '3', 'len(l)'])}", f"{pad}    @property", f"{pad}    def p(self): return self.a, self.z",
                          f"{pad}    @{r.choice(['staticmethod', 'classmethod'])}", f"{pad}    def w(q=4): return q if isinstance(q, int) else q.__name__",
                          f"{pad}class B(A):", f"{pad}    def __init__(self, a):", f"{pad}        super().__init__({r.choice(['a', 'a, 3', 'b=a, a=2'])})", f"{pad}        {r.choice(['self.c = 9', 'self.z = 8', 'pass'])}",
                          f"{pad}o = {r.choice(['A', 'B'])}({self.n(1)})"]
                lines += [f"{pad}x = {r.choice(['o + 1', '1 + o', 'o == o', 'o < o', 'o[n]', 'o(1)', '3 in o', 'len(o)', 'bool(o)', 'o.p', 'o.w()', 'o.b, o.z', 'getattr(o, u, 0)', 'isinstance(o, A), issubclass(B, A)', 'sorted([o, o])[0].a', 'o * o', 'hasattr(o, u)', 'o.c', 'list(o)'])}"]
            elif kind == 12:
                lines += [f"{pad}@contextmanager", f"{pad}def c(a):", f"{pad}    try:", f"{pad}        yield {r.choice(['a', 'n'])}",
                          f"{pad}    {r.choice(['finally', 'except KeyError', 'except Exception'])}:", f"{pad}        l.append(a)", f"{pad}with c({self.n(1)}) as x:"] + inner()
            else:
                lines += [f"{pad}i = 0", f"{pad}while i < {r.randint(1, 4)}:", f"{pad}    i += 1"] + inner()
        return lines

    def program(self, accepts):
        start = ["n, m, u, v, x = 3, {}, {}, {}, None".format(self.n(0).replace("n", "2").replace("m", "4"), self.random.choice(["'abc'", "'k v'"]), self.random.choice(["'b'", "'3'", "''"])),
                 "l, k, d, e, s = [1, 2, 3], ['a', 0], {'a': 1, 2: 'b'}, {}, {1, 5, 9}"]
        body = ["def f():"] + ["    " + line for line in start]
        for _ in range(self.random.randint(2, 6)):
            more = body + self.block(2, 1)
            # A statement that raises ends the program: most of those are left out.
            if self.random.random() < 0.1 or accepts(HEAD + "\n".join(more) + "\n"):
                body = more
        return HEAD + "\n".join(body + ["    return n, m, u, v, x, l, k, d, e, s"]) + "\n"
