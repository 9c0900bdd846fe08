"""Pickles by hand: what no pickler would write."""

from __future__ import annotations

import pickle
import struct

PROTO = b"\x80\x02"
STOP = b"."
CANARY_COMMAND = "touch loadstone_canary"


def val(value) -> bytes:
    """The opcodes that push a plain value. It leaves memo entries behind and reads none of others."""
    return pickle.dumps(value, 2)[2:-1]


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


def call(function: bytes, *arguments: bytes) -> bytes:
    return function + b"(" + b"".join(arguments) + b"tR"


def short_text(text: str) -> bytes:
    data = text.encode()
    return b"\x8c" + bytes([len(data)]) + data


def call_forms(module: str, attribute: str, *arguments: bytes) -> dict[str, bytes]:
    """Every way in which a pickle can have something called."""
    target = name(module, attribute)
    args = b"".join(arguments)
    return {
        "global": target + b"(" + args + b"tR",
        "stack_global": short_text(module) + short_text(attribute) + b"\x93(" + args + b"tR",
        "inst": b"(" + args + f"i{module}\n{attribute}\n".encode(),
        "obj": b"(" + target + args + b"o",
        "newobj": target + b"(" + args + b"t\x81",
        "newobj_ex": target + b"(" + args + b"t}\x92",
        "build": target + b"(" + args + b"tR}b",
    }


def storage(key: str, count: int, kind: str = "FloatStorage") -> bytes:
    return b"(" + val("storage") + name("torch", kind) + val(key) + val("cpu") + val(count) + b"tQ"


def tensor(key: str = "0", count: int = 4, offset=0, size=(2, 2), stride=(2, 1), kind: str = "FloatStorage") -> bytes:
    return call(
        name("torch._utils", "_rebuild_tensor_v2"),
        storage(key, count, kind), val(offset), val(size), val(stride), b"\x89",
        call(name("collections", "OrderedDict")),
    )  # fmt: skip


def quantized(parameters: bytes, kind: str = "QInt8Storage", count: int = 16, size=(4, 4)) -> bytes:
    return call(
        name("torch._utils", "_rebuild_qtensor"),
        storage("1", count, kind), val(0), val(size), val((size[1], 1)), parameters, b"\x89",
        call(name("collections", "OrderedDict")),
    )  # fmt: skip


def sparse(layout: str, *data: bytes) -> bytes:
    return call(
        name("torch._utils", "_rebuild_sparse_tensor"),
        call(name("torch.serialization", "_get_layout"), val(layout)),
        b"(" + b"".join(data) + b"t",
    )


def linear(weight: bytes, extra: bytes = b"") -> bytes:
    """A whole torch.nn.Linear(2, 2, bias=False) around `weight`; `extra` are more key and value pairs of its state."""
    return (
        PROTO + name("torch.nn.modules.linear", "Linear") + b")\x81}("
        + val("training") + b"\x89"
        + val("_parameters") + b"}(" + val("weight") + weight + val("bias") + b"Nu"
        + val("_buffers") + b"}" + val("_modules") + b"}"
        + val("in_features") + val(2) + val("out_features") + val(2)
        + extra + b"ub" + STOP
    )  # fmt: skip


def attribute(value: bytes) -> bytes:
    """The same module with an attribute that no layer looks at."""
    return linear(tensor(), val("note") + value)


def long4(length: int, data: bytes) -> bytes:
    return b"\x8b" + struct.pack("<i", length) + data
