"""Writes small random functions and what Python says of each: random_programs.py OUT COUNT SEED.

Half of them are of operators alone, half of Python's own functions and classes (random_statements.py).

Each record: the program's source (it binds `f`), a line of "=", then the repr of f()'s value or "!" and the class of the
exception, then a line of "#". Programs that need an int beyond 64 bits are left out.
"""

import random
import signal
import sys
import warnings

from random_statements import Statements

UNARY = ["-", "+", "not ", "~"]
BINARY = ["+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">", ">=", "and", "or",
          "in", "not in", "is", "is not"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def number(self):
        r = self.random
        return r.choice([str(r.randint(-9, 9)), str(r.randint(-1000, 1000)), repr(round(r.uniform(-10, 10), 2)),
                         "True", "False", "0", "1", "2.0", "1e300", "-0.0"])

    def text(self):
        return repr("".join(self.random.choice("abc 'Z") for _ in range(self.random.randint(0, 4))))

    def literal(self, depth):
        r = self.random
        kind = r.randint(0, 7)
        if depth <= 0:
            return self.number()
        inside = [self.literal(depth - 1) for _ in range(r.randint(1, 4))]
        if kind < 3:
            return self.number()
        if kind == 3:
            return self.text()
        if kind == 4:
            return "(" + ", ".join(inside) + ",)"
        if kind == 5:
            return "{" + ", ".join(f"{self.number()}: {value}" for value in inside) + "}"
        if kind == 6:
            return "{" + ", ".join(self.number() for _ in inside) + "}"
        return "[" + ", ".join(inside) + "]"

    def atom(self, depth):
        r = self.random
        kind = r.randint(0, 13)
        if kind < 5 or depth <= 0:
            return self.number()
        if kind == 5:
            return self.text()
        if kind == 6:
            return "None"
        if kind == 7:
            return "[" + ", ".join(self.item(depth) for _ in range(r.randint(0, 3))) + "]"
        if kind == 8:
            return "(" + "".join(self.item(depth) + ", " for _ in range(r.randint(0, 3))) + ")"
        if kind == 9:
            return "{" + ", ".join(f"{self.atom(depth - 2)}: {self.expression(depth - 1)}" for _ in range(r.randint(0, 3))) + "}"
        if kind == 10:
            clause = f"for x in {self.expression(depth - 2)}"
            if r.random() < 0.3:
                clause += f" if {self.expression(depth - 2)}"
            return f"[{self.expression(depth - 1)} {clause}]"
        return r.choice("abcx")

    def item(self, depth):
        return ("*" if self.random.random() < 0.1 else "") + self.expression(depth - 1)

    def index(self, depth):
        r = self.random
        if r.random() < 0.5:
            return r.choice(["0", "1", "-1", "2", "-3", self.expression(depth - 2)])
        parts = [r.choice(["", "0", "1", "-1", "2", "-2", "5"]) for _ in range(r.randint(2, 3))]
        return ":".join(parts)

    def expression(self, depth):
        r = self.random
        kind = r.randint(0, 12)
        if depth <= 0 or kind < 4:
            return self.atom(depth)
        if kind < 8:
            return f"({self.expression(depth - 1)} {r.choice(BINARY)} {self.expression(depth - 1)})"
        if kind == 8:
            return f"({r.choice(UNARY)}{self.expression(depth - 1)})"
        if kind == 9:
            return f"({self.expression(depth - 1)} if {self.expression(depth - 2)} else {self.expression(depth - 1)})"
        if kind == 10:
            return f"{self.atom(depth)}[{self.index(depth)}]"
        if kind == 11:
            return f"({self.expression(depth - 2)} {r.choice(['<', '<=', '==', '!='])} {self.expression(depth - 2)} < {self.number()})"
        return f"f'{{{r.choice('abcx')}}}-{{{r.choice('abcx')}!r}}'"

    def target(self):
        r = self.random
        return r.choice(["a", "b", "c", "x", "a, b", "a, *b", "[b, c]", "a[0]", "b[-1]", "c[a]"])

    def statements(self, depth, indent):
        r = self.random
        pad = "    " * indent
        lines = []
        for _ in range(r.randint(1, 4)):
            kind = r.randint(0, 9)
            if kind < 4 or depth <= 0:
                lines.append(f"{pad}{self.target()} = {self.expression(2)}")
            elif kind == 4:
                lines.append(f"{pad}{r.choice(['a', 'b', 'c', 'a[0]'])} {r.choice(['+', '-', '*', '//', '%'])}= {self.expression(2)}")
            elif kind == 5:
                lines.append(f"{pad}if {self.expression(2)}:")
                lines += self.statements(depth - 1, indent + 1)
                if r.random() < 0.5:
                    lines.append(f"{pad}else:")
                    lines += self.statements(depth - 1, indent + 1)
            elif kind == 6:
                lines.append(f"{pad}for {r.choice(['x', 'a', 'x, b'])} in {self.expression(2)}:")
                lines += self.statements(depth - 1, indent + 1)
                if r.random() < 0.3:
                    lines.append(f"{pad}    {r.choice(['break', 'continue'])}")
                if r.random() < 0.2:
                    lines.append(f"{pad}else:")
                    lines += self.statements(depth - 1, indent + 1)
            elif kind == 7:
                lines.append(f"{pad}try:")
                lines += self.statements(depth - 1, indent + 1)
                caught = r.choice(["TypeError", "(ValueError, IndexError)", "Exception", "KeyError", "ZeroDivisionError"])
                clauses = r.choice(["except", "finally", "both"])
                if clauses != "finally":
                    lines.append(f"{pad}except {caught}:")
                    lines += self.statements(depth - 1, indent + 1)
                if clauses != "except":
                    lines.append(f"{pad}finally:")
                    lines.append(f"{pad}    c = {self.expression(1)}")
            elif kind == 8:
                lines.append(f"{pad}del {r.choice(['a[0]', 'b[-1]', 'x', 'c'])}")
            else:
                lines.append(f"{pad}return {self.expression(2)}")
        return lines

    def program(self):
        body = ["def f():"]
        for name in "abcx":
            body.append(f"    {name} = {self.literal(2)}")
        # A statement that raises ends the program: most of those are left out.
        for _ in range(self.random.randint(1, 4)):
            more = body + self.statements(2, 1)
            if self.random.random() < 0.05 or not outcome("\n".join(more) + "\n").startswith("!"):
                body = more
        body.append("    return (a, b, c, x)")
        return "\n".join(body) + "\n"


class TooLong(BaseException):
    pass


def stop(signum, frame):
    raise TooLong


def outcome(source):
    """The repr, "!" and the exception's class, or "" where there is nothing to compare."""
    scope = {}
    try:
        exec(compile(source, "p.py", "exec"), scope)
    except SyntaxError:
        return "!SyntaxError"
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        value = scope["f"]()
        result = repr(value) if integers_fit(value) else ""
    except (TooLong, MemoryError):
        return ""
    except Exception as error:
        return "!" + type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return "" if " at 0x" in result or "<class" in result or len(result) > 2000 else result


def integers_fit(value):
    if isinstance(value, int):
        return -2**63 <= value < 2**63
    if isinstance(value, (list, tuple, set)):
        return all(integers_fit(item) for item in value)
    if isinstance(value, dict):
        return all(integers_fit(key) and integers_fit(item) for key, item in value.items())
    return True


def main():
    out, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    maker = Maker(seed)
    statements = Statements(maker.random)
    warnings.simplefilter("ignore")
    sys.stdout = sys.stderr
    signal.signal(signal.SIGALRM, stop)
    written = 0
    with open(out, "w", encoding="utf-8") as file:
        while written < count:
            if written % 2 == 0:
                source = maker.program()
            else:
                source = statements.program(lambda text: not outcome(text).startswith("!"))
            result = outcome(source)
            if result in ("", "!SyntaxError"):
                continue
            file.write(f"{source}=\n{result}\n#\n")
            written += 1


main()
