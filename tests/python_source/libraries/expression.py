"""A module as the Python expression that constructs it."""

import collections
import dataclasses
import enum
import functools
import math

import torch


class Expressions:
    """`constructed` has, by id, the class, args and kwargs of every module. ValueError: there is no expression."""

    def __init__(self, constructed):
        self.constructed = constructed
        self.imports = {"import torch"}

    def builder(self, module):
        """A file with a function `build` that makes the module."""
        made = self.module(module)
        imports = "".join(line + "\n" for line in sorted(self.imports))
        return f"{imports}\n\ndef build():\n    return {made}\n"

    def module(self, module):
        cls, args, kwargs = self.constructed[id(module)]
        return self.call(self.named(cls), args, kwargs)

    def named(self, value):
        """A class or function by the name that leads to it."""
        if "<" in value.__qualname__:
            raise ValueError(f"{value.__module__}.{value.__qualname__} has no name")
        if value.__module__ == "builtins":
            return value.__qualname__
        # A package may have a function of the same name as its module: no dotted path leads to the latter then.
        outermost, *inner = value.__qualname__.split(".")
        name = f"{value.__module__}.{outermost}".replace(".", "_")
        self.imports.add(f"from {value.__module__} import {outermost} as {name}")
        return ".".join([name, *inner])

    def call(self, function, args, kwargs):
        parts = [self.value(arg) for arg in args] + [f"{key}={self.value(value)}" for key, value in kwargs.items()]
        return f"{function}({', '.join(parts)})"

    def value(self, value):
        if isinstance(value, enum.Enum):
            return f"{self.named(type(value))}.{value.name}"
        if value is None or isinstance(value, (bool, int, str, torch.dtype)):
            return repr(value)
        if isinstance(value, float):
            return repr(value) if math.isfinite(value) else f"float('{value}')"
        if isinstance(value, tuple):
            return "(" + "".join(self.value(item) + ", " for item in value) + ")"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.value, value)) + "]"
        if isinstance(value, collections.OrderedDict):
            self.imports.add("import collections")
            return self.call("collections.OrderedDict", (list(value.items()),), {})
        if isinstance(value, dict):
            return "{" + ", ".join(f"{self.value(k)}: {self.value(v)}" for k, v in value.items()) + "}"
        if isinstance(value, functools.partial):
            self.imports.add("import functools")
            return self.call("functools.partial", (value.func, *value.args), value.keywords)
        if isinstance(value, torch.nn.Module):
            return self.module(value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
            return self.call(self.named(type(value)), (), fields)
        if hasattr(value, "__qualname__"):
            return self.named(value)
        raise ValueError(f"a {type(value).__name__} has no expression")
