"""Random functions that use Python's own functions, methods, classes, generators and formatting.

Expressions have types, so that most programs run to their end: n a number, u text, l a list, d a dict, s a set of
numbers, b a bool, x anything. Now and then a wrong type is taken on purpose. Sets hold numbers alone, because the order
of other sets differs from run to run in Python.
"""

NUMBERS = ["0", "1", "-1", "2", "3", "7", "10", "-5", "100", "1.5", "-2.25", "0.1", "3.0", "1e3", "True"]
TEXTS = ["''", "'a'", "'abc'", "'Hello World'", "'a,b,,c'", "'  pad '", "'12'", "'-3.5'", "'x=1;y=2'", "'AbC'", "'aXbX'",
         "'line\\nnext'", "'été'", "\"it's\""]
SPECS = ["", "d", "5", "<6", ">6", "^7", "*^9", "+", "05", "x", "b", "o", "#x", ".2f", "8.3f", "e", ".1e", "g", ",", "_",
         "%", ".0f", "s", ".2", "+.1f", "010.2f", "=+6", "c", "n>4", ">{w}", "G", ",.2f"]
PERCENTS = ["%d", "%s", "%r", "%5d", "%-5s|", "%05.1f", "%x", "%+d", "%.3g", "%e", "%c", "%%", "%i", "%6.2f", "%o", "%.2s"]
UNARY_TEXT = ["upper", "lower", "strip", "title", "capitalize", "swapcase", "lstrip", "rstrip"]
TESTS_TEXT = ["isalpha", "isdigit", "isspace", "isupper", "islower", "isalnum", "isidentifier"]


class Library:
    def __init__(self, generator):
        self.random = generator

    def pick(self, *makers):
        return self.random.choice(makers)()

    def any(self, depth):
        return self.pick(*[lambda m=m: m(depth) for m in (self.n, self.n, self.u, self.u, self.l, self.d, self.b, self.t)])

    def arg(self, maker, depth):
        return self.any(depth - 1) if self.random.random() < 0.02 else maker(depth - 1)

    def n(self, depth):
        r = self.random
        if depth <= 0:
            return r.choice(NUMBERS + ["n", "m", "n", "m"])
        n, u, l, d, s = (lambda m=m: self.arg(m, depth) for m in (self.n, self.u, self.l, self.d, self.s))
        return r.choice([
            lambda: f"({n()} {r.choice(['+', '-', '*', '/', '//', '%', '**', '&', '|', '<<', '>>'])} {n()})",
            lambda: f"len({r.choice([u, l, d, s])()})", lambda: f"{u()}.{r.choice(['find', 'count', 'rfind', 'index'])}({u()})",
            lambda: f"abs({n()})", lambda: f"round({n()})", lambda: f"round({n()}, {r.randint(-2, 3)})", lambda: f"int({n()})",
            lambda: f"int({u()})", lambda: f"float({r.choice([u, n])()})", lambda: f"sum({l()})", lambda: f"max({n()}, {n()})",
            lambda: f"min({l()}, default={n()})", lambda: f"divmod({n()}, {n()})[{r.randint(0, 1)}]", lambda: f"{l()}[{n()}]",
            lambda: f"{l()}.{r.choice(['count', 'index'])}({n()})", lambda: f"pow({n()}, {n()}, {n()})",
            lambda: f"{d()}.get({self.any(0)}, {n()})", lambda: f"math.{r.choice(['sqrt', 'floor', 'ceil', 'log', 'exp', 'trunc', 'fabs', 'cos'])}({n()})",
            lambda: f"math.{r.choice(['gcd', 'lcm', 'fmod', 'pow', 'comb'])}({n()}, {n()})", lambda: f"reduce(lambda a, b: a + b, {l()}, 0)",
            lambda: f"max({s()})", lambda: f"hash({n()})", lambda: f"(lambda a, b=2, *c, **k: a * b)({n()})",
            lambda: f"ord({u()}[0])", lambda: f"~{n()}", lambda: f"-{n()}", lambda: f"next(iter({l()}), {n()})",
        ])()

    def u(self, depth):
        r = self.random
        if depth <= 0:
            return r.choice(TEXTS + ["u", "v", "u", "v"])
        n, u, l, x = (lambda m=m: self.arg(m, depth) for m in (self.n, self.u, self.l, self.any))
        return r.choice([
            lambda: f"({u()} + {u()})", lambda: f"({u()} * {r.randint(-1, 3)})", lambda: f"{u()}.{r.choice(UNARY_TEXT)}()",
            lambda: f"{u()}[{self.slice(depth)}]", lambda: f"{u()}[{n()}]", lambda: f"{u()}.replace({u()}, {u()})",
            lambda: f"{u()}.replace({u()}, {u()}, {r.randint(-1, 2)})", lambda: f"{u()}.join(map(str, {l()}))",
            lambda: f"{u()}.{r.choice(['strip', 'lstrip', 'rstrip', 'removeprefix', 'removesuffix'])}({u()})",
            lambda: f"{u()}.{r.choice(['ljust', 'rjust', 'center', 'zfill'])}({r.randint(0, 9)})", lambda: f"str({x()})",
            lambda: f"repr({x()})", lambda: f"format({r.choice([n, u])()}, {r.choice(SPECS[:-3])!r})",
            lambda: f"({r.choice(PERCENTS)!r} % ({r.choice([n, u, n])()},))", lambda: f"({(r.choice(PERCENTS) + r.choice(PERCENTS))!r} % ({x()}, {x()}))",
            lambda: f"'{{}}|{{!r}}|{{:>5}}'.format({x()}, {x()}, {n()})", lambda: f"'{{0:{r.choice(SPECS[:-3])}}} {{k}}'.format({r.choice([n, u])()}, k={x()})",
            lambda: "f'{" + r.choice(["n", "m", "u", "l", "d", "n + m", "u!r"]) + ":" + r.choice(SPECS) + "}{v}'",
            lambda: f"{r.choice(['hex', 'oct', 'bin', 'chr'])}({n()})", lambda: f"type({x()}).__name__", lambda: f"sorted({u()})[-1]",
            lambda: f"min({u()}, {u()}, key=len)",
        ])()

    def b(self, depth):
        r = self.random
        if depth <= 0:
            return r.choice(["True", "False", "n > m", "u == v", "bool(l)"])
        n, u, l, d, s, x = (lambda m=m: self.arg(m, depth) for m in (self.n, self.u, self.l, self.d, self.s, self.any))
        return r.choice([
            lambda: f"({n()} {r.choice(['<', '<=', '==', '!=', '>', '>='])} {n()})", lambda: f"({u()} {r.choice(['<', 'in', 'not in', '=='])} {u()})",
            lambda: f"({n()} in {r.choice([l, d, s])()})", lambda: f"({l()} {r.choice(['<', '==', '!=', '>='])} {l()})",
            lambda: f"{u()}.{r.choice(TESTS_TEXT)}()", lambda: f"{u()}.{r.choice(['startswith', 'endswith'])}({u()})",
            lambda: f"isinstance({x()}, {r.choice(['int', 'str', '(int, float)', 'list', 'bool', 'object', 'dict'])})",
            lambda: f"{r.choice(['any', 'all'])}({l()})", lambda: f"({s()} {r.choice(['<=', '<', '==', '>'])} {s()})", lambda: f"(not {x()})",
            lambda: f"({x()} == {x()})", lambda: f"callable({x()})", lambda: f"hasattr({x()}, {r.choice(['append', 'keys', 'zz', 'upper'])!r})",
            lambda: f"{s()}.{r.choice(['issubset', 'isdisjoint', 'issuperset'])}({l()})", lambda: f"({x()} is None)",
        ])()

    def l(self, depth):
        r = self.random
        if depth <= 0:
            return r.choice(["l", "k", "[1, 2, 3]", "[]", "[3, 1, 2]", "[0.5, -1]", "list(range(4))"])
        n, u, l, d, s, x = (lambda m=m: self.arg(m, depth) for m in (self.n, self.u, self.l, self.d, self.s, self.any))
        return r.choice([
            lambda: f"[{', '.join(x() for _ in range(r.randint(0, 3)))}]", lambda: f"({l()} + {l()})", lambda: f"{l()}[{self.slice(depth)}]",
            lambda: f"sorted({l()}{r.choice(['', ', reverse=True', ', key=str', ', key=lambda q: -q'])})", lambda: f"list(reversed({l()}))",
            lambda: f"[{self.n(0)} + q for q in {l()} if {self.b(0)}]", lambda: f"[a for a, b in zip({l()}, {u()})]", lambda: f"list(enumerate({l()}, {n()}))",
            lambda: f"list(map(lambda q: q * 2, {l()}))", lambda: f"list(filter(None, {l()}))", lambda: f"{u()}.split({r.choice(['', repr(','), 'None, 1', repr('a')])})",
            lambda: f"{u()}.{r.choice(['splitlines()', 'rsplit(None, 1)', 'partition(u)', 'rpartition(v)'])}", lambda: f"list({r.choice([u, d, s, l])()})",
            lambda: f"list({d()}.{r.choice(['keys', 'values', 'items'])}())", lambda: f"list(range({r.randint(-3, 8)}, {r.randint(-3, 8)}, {r.choice([1, 2, -1, -3])}))",
            lambda: f"({l()} * {r.randint(-1, 2)})", lambda: f"[*{l()}, *{u()}]", lambda: f"list(zip({l()}, {l()}))",
            lambda: f"list(itertools.{r.choice(['chain', 'product', 'zip_longest'])}({l()}, {l()}))[:20]", lambda: f"list(itertools.{r.choice(['accumulate', 'pairwise'])}({l()}))",
            lambda: f"list(itertools.islice({l()}, {r.randint(0, 2)}, {r.randint(0, 5)}))", lambda: f"list(itertools.combinations({l()}[:4], 2))", lambda: f"sorted({s()})",
            lambda: f"copy.deepcopy({l()})", lambda: f"list(q * 2 for q in {l()})", lambda: f"{l()}.copy()", lambda: f"list(itertools.takewhile(lambda q: q < {n()}, {l()}))",
        ])()

    def t(self, depth):
        return "(" + "".join(self.any(depth - 1) + ", " for _ in range(self.random.randint(0, 3))) + ")"

    def d(self, depth):
        r = self.random
        if depth <= 0:
            return r.choice(["d", "e", "{}", "{'a': 1, 'b': 2}", "{1: 'x', 2: [3]}"])
        n, u, l, d, x = (lambda m=m: self.arg(m, depth) for m in (self.n, self.u, self.l, self.d, self.any))
        return r.choice([
            lambda: "{" + ", ".join(f"{self.pick(n, u)}: {x()}" for _ in range(r.randint(0, 3))) + "}", lambda: f"dict(zip({u()}, {l()}))",
            lambda: f"{{q: {self.n(0)} for q in {self.pick(l, u)}}}", lambda: f"({d()} | {d()})", lambda: f"{{**{d()}, 'z': {x()}}}",
            lambda: f"dict({d()}, k={x()})", lambda: f"dict.fromkeys({self.pick(u, l)}, {n()})", lambda: f"{d()}.copy()", lambda: f"dict(enumerate({u()}))",
            lambda: f"OrderedDict({d()})", lambda: f"dict(sorted({d()}.items(), key=lambda q: str(q)))",
        ])()

    def s(self, depth):
        r = self.random
        if depth <= 0:
            return r.choice(["s", "{1, 2, 3}", "{2, 5, 9, 33}", "set()", "set(range(7))", "{0.5, 1}"])
        s = lambda: self.s(depth - 1)
        return r.choice([
            lambda: f"({s()} {r.choice(['|', '&', '-', '^'])} {s()})", lambda: f"{{q % 5 for q in range({r.randint(0, 30)})}}",
            lambda: f"{s()}.{r.choice(['union', 'difference', 'intersection', 'symmetric_difference'])}({r.choice([s(), '[1, 2, 40]'])})", lambda: f"set({s()})",
        ])()

    def slice(self, depth):
        r = self.random
        return ":".join(r.choice(["", "", "0", "1", "-1", "2", "-2", "5"]) for _ in range(r.randint(2, 3)))
