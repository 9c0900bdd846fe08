"""Pickles that call nothing: they exhaust, confuse or corrupt what reads them."""

from __future__ import annotations

import containers
from pickles import PROTO, STOP, attribute, call, linear, long4, name, short_text, tensor, val


def add_to(attacks) -> None:
    def add(what: str, pickled: bytes, code: str, *says: str) -> None:
        attacks.add(f"structure/{what}.pth", containers.in_zip(pickled), code, *says)

    # CVE-2026-24747: torch's own reader wrote into whatever lay under SETITEM.
    for what, target in {"tensor": tensor(), "int": val(7), "tuple": val((1, 2)), "text": val("x"), "none": b"N",
                         "list": b"]", "name": name("torch", "float32")}.items():
        code = "OK" if what == "tensor" else "DATA_LOSS"  # the items of a record, which nobody looks at
        add(f"setitem_on_{what}", linear(target + val("a") + val(1) + b"s"), code)
        add(f"setitems_on_{what}", linear(target + b"(" + val("a") + val(1) + b"u"), code)
    add("append_to_int", attribute(val(7) + val(1) + b"a"), "DATA_LOSS")
    add("appends_to_dict", attribute(b"}(" + val(1) + b"e"), "DATA_LOSS")
    add("build_on_int", attribute(val(7) + b"}b"), "DATA_LOSS")
    add("pop_of_nothing", PROTO + b"000" + STOP, "DATA_LOSS")
    add("mark_as_value", PROTO + b"(" + STOP, "DATA_LOSS")
    add("memo_of_nothing", PROTO + b"h\x05" + STOP, "DATA_LOSS")
    add("memo_index", PROTO + b"Nr\xff\xff\xff\x7f" + STOP, "RESOURCE_EXHAUSTED", "memo index")
    # Graphs.
    laughs = b")" + b"2\x86" * 10_000
    add("billion_laughs", PROTO + laughs + STOP, "INVALID_ARGUMENT")
    add("billion_laughs_in_module", attribute(laughs), "RESOURCE_EXHAUSTED")
    add("billion_laughs_60", attribute(b")" + b"2\x86" * 60), "OK")
    memo_laughs = b"]q\x000" + b"".join(b"](" + bytes([104, i]) * 10 + b"e" + bytes([113, i + 1]) + b"0" for i in range(60)) + b"h\x3c"
    add("billion_laughs_memo", attribute(memo_laughs), "OK")
    add("billion_laughs_key", PROTO + b"})" + b"2\x86" * 60 + b"Ns" + STOP, "RESOURCE_EXHAUSTED", "hash")
    add("list_in_itself", attribute(b"]q\x00h\x00a"), "OK")
    add("dict_in_itself", attribute(b"}q\x00" + val("a")[:-2] + b"h\x00s"), "OK")
    add("tuple_in_itself", attribute(b"]q\x00h\x00\x85a"), "OK")
    add("root_in_itself", PROTO + b"}q\x00" + val("a")[:-2] + b"h\x00s" + STOP, "INVALID_ARGUMENT")
    add("object_in_itself", attribute(name("attack", "Class") + b")\x81q\x00h\x00b"), "OK")
    module = (PROTO + name("torch.nn.modules.container", "Sequential") + b")\x81q\x50}(" + val("_parameters") + b"}"
              + val("_buffers") + b"}" + val("training") + b"\x89" + val("_modules") + b"}" + val("0") + b"h\x50sub" + STOP)
    add("module_in_itself", module, "DATA_LOSS", "contains itself")
    add("nested_lists", PROTO + b"]" * 200_000 + b"a" * 199_999 + STOP, "INVALID_ARGUMENT")
    add("nested_lists_in_module", attribute(b"]" * 200_000 + b"a" * 199_999), "RESOURCE_EXHAUSTED", "nest")
    add("nested_tuples_in_module", attribute(b")" + b"\x85" * 200_000), "RESOURCE_EXHAUSTED", "nest")
    add("nested_dicts_in_module", attribute(b"}" + b"K\x01}" * 100_000 + b"s" * 100_000), "RESOURCE_EXHAUSTED", "nest")
    add("nested_modules", nested_modules(2_000), "RESOURCE_EXHAUSTED", "nest")
    add("shared_modules", shared_modules(60), "OK")
    # Each limit of the interpreter at its last allowed value and past it.
    add("limit_nesting", attribute(nested_tuples(499)), "OK")
    add("limit_nesting_past", attribute(nested_tuples(500)), "RESOURCE_EXHAUSTED", "nest")
    add("limit_modules", nested_modules(500), "OK")
    add("limit_modules_past", nested_modules(501), "RESOURCE_EXHAUSTED", "500")
    add("limit_parameters", linear(nested_parameters(15)), "OK")
    add("limit_parameters_past", linear(nested_parameters(16)), "RESOURCE_EXHAUSTED", "16")
    add("nested_calls", attribute(name("a", "b") + b")R" + (b"\x85" + b"q\x600" + name("a", "b") + b"h\x60R") * 50_000),
        "RESOURCE_EXHAUSTED", "nest")
    add("open_marks", PROTO + b"(" * 100_000 + STOP, "RESOURCE_EXHAUSTED", "marks")
    add("stack", PROTO + b"N" * 1_000_100 + STOP, "RESOURCE_EXHAUSTED", "stack")
    add("names", PROTO + b"".join(b"ca\nx%d\n0" % i for i in range(5000)) + b"N" + STOP, "RESOURCE_EXHAUSTED", "classes")
    add("frozenset_copies", PROTO + b"](" + b"N" * 1000 + b"e\x85q\x010" + b"cbuiltins\nset\nh\x01R0" * 20_000 + b"N" + STOP,
        "RESOURCE_EXHAUSTED", "opcodes")
    add("hash_collisions", PROTO + b"}(" + b"".join(long4(9, i.to_bytes(8, "little") + b"\0") + b"N" for i in range(20_000))
        + b"u" + STOP, "INVALID_ARGUMENT")
    # Numbers and text.
    add("long4_past_the_end", PROTO + long4(0x7FFFFFFF, b"1234") + STOP, "DATA_LOSS", "2147483647")
    add("long4_negative", PROTO + long4(-1, b"1234") + STOP, "DATA_LOSS")
    add("long4_of_a_megabyte", PROTO + long4(1 << 20, b"\x7f" * (1 << 20)) + STOP, "RESOURCE_EXHAUSTED", "1024")
    add("long_line", PROTO + b"L" + b"9" * 1_000_000 + b"L\n" + STOP, "RESOURCE_EXHAUSTED", "digits")
    add("text_past_the_end", PROTO + b"X\xff\xff\xff\x7fabc" + STOP, "DATA_LOSS")
    add("text8_past_the_end", PROTO + b"\x8d" + b"\xff" * 8 + b"abc" + STOP, "DATA_LOSS")
    add("bytes8_past_the_end", PROTO + b"\x8e" + b"\xff" * 7 + b"\x7fabc" + STOP, "DATA_LOSS")
    add("bytearray8_past_the_end", b"\x80\x05\x96" + b"\xff" * 7 + b"\x7fabc" + STOP, "DATA_LOSS")
    add("frame_past_the_end", b"\x80\x04\x95" + b"\xff" * 8 + b"N" + STOP, "DATA_LOSS")
    add("text_not_utf8", PROTO + b"X\x02\0\0\0\xc3\x28" + STOP, "DATA_LOSS", "UTF-8")
    add("name_not_utf8", PROTO + b"c\xff\xfe\n\xc3\x28\n)R" + STOP, "DATA_LOSS", "UTF-8")
    add("name_of_megabytes", PROTO + b"ca\n" + b"x" * 3_000_000 + b"\n" + STOP, "RESOURCE_EXHAUSTED", "4096")
    add("name_with_nul", PROTO + short_text("a\0b") + short_text("c") + b"\x93)R" + STOP, "INVALID_ARGUMENT")
    add("stack_global_of_ints", PROTO + b"K\x01K\x02\x93" + STOP, "DATA_LOSS")
    add("protocol_255", b"\x80\xffN" + STOP, "UNIMPLEMENTED", "255")
    add("next_buffer", b"\x80\x05\x97" + STOP, "UNIMPLEMENTED")
    add("persistent_id_as_text", PROTO + b"Pos.system\n" + STOP, "UNIMPLEMENTED")
    add("parameters_is_a_list", linear(tensor(), val("_parameters") + b"]"), "DATA_LOSS", "needs a dict")
    add("module_name_is_an_int", linear(tensor(), val("_modules") + b"}K\x01Ns"), "DATA_LOSS", "no text")
    add("fields_overflow", linear(tensor(), val("in_features") + val(1 << 200)), "OK")


def nested_modules(depth: int) -> bytes:
    """A Sequential in a Sequential in a Sequential ..."""
    start = (name("torch.nn.modules.container", "Sequential") + b")\x81}(" + val("_parameters") + b"}" + val("_buffers")
             + b"}" + val("training") + b"\x89" + val("_modules") + b"}")
    return PROTO + (start + val("0")) * (depth - 1) + start + b"ub" + b"sub" * (depth - 1) + STOP


def shared_modules(levels: int) -> bytes:
    """A Sequential that holds one Sequential twice, which holds one twice, ...: 2 to the power of `levels` paths."""
    start = (name("torch.nn.modules.container", "Sequential") + b")\x81}(" + val("_parameters") + b"}" + val("_buffers")
             + b"}" + val("training") + b"\x89" + val("_modules") + b"}")
    inner = start + b"ub"
    for _ in range(levels):
        inner = inner + b"q\x700" + start + b"(" + val("0") + b"h\x70" + val("1") + b"h\x70uub"
    return PROTO + inner + STOP


def nested_tuples(depth: int) -> bytes:
    return b")" + b"\x85" * (depth - 1)


def nested_parameters(depth: int) -> bytes:
    """A tensor in `depth` parameters."""
    inner = tensor()
    for _ in range(depth):
        inner = call(name("torch._utils", "_rebuild_parameter"), inner, b"\x89", b"}")
    return inner
