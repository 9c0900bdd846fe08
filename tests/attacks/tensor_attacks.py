"""Tensors that reach past their storages, and parts of tensors that do not fit each other."""

from __future__ import annotations

import struct

import containers
from pickles import PROTO, STOP, call, linear, name, quantized, sparse, storage, tensor, val

BIG = (1 << 63) - 1
LOST = "DATA_LOSS"
# Storages' keys are numbers: quantized values, scales, zero points; indices, rows, columns.
KEYS = {"q": "1", "s": "2", "z": "3", "i": "4", "r": "5", "c": "6"}


def add_to(attacks) -> None:
    def add(what: str, weight: bytes, code: str = LOST, *says: str, **storages: bytes) -> None:
        kept = {"0": containers.FOUR_FLOATS, **{KEYS[key.removeprefix("s_")]: data for key, data in storages.items()}}
        attacks.add(f"tensor/{what}.pth", containers.in_zip(linear(weight), kept), code, *says)

    add("fine", tensor(), "OK")
    # Views.
    views = {
        "past_storage": dict(size=(2, 3), stride=(3, 1)),
        "past_by_offset": dict(offset=1),
        "past_by_stride": dict(stride=(3, 1)),
        "negative_offset": dict(offset=-1),
        "negative_stride": dict(stride=(-2, 1)),
        "negative_size": dict(size=(-2, 2)),
        "both_negative": dict(size=(-2, -2)),
        "size_overflow": dict(size=(1 << 32, 1 << 32), stride=(0, 0)),
        "size_overflow_3": dict(size=(1 << 31, 1 << 31, 4), stride=(0, 0, 0)),
        "stride_overflow": dict(stride=(BIG, BIG)),
        "offset_overflow": dict(offset=BIG),
        "offset_stride_overflow": dict(offset=BIG, stride=(BIG, 1)),
        "big_int_size": dict(size=(1 << 70, 2)),
        "float_size": dict(size=(2.0, 2)),
        "bool_size": dict(size=(True, 2)),
        "fewer_strides": dict(stride=(1,)),
        "65_dimensions": dict(size=(1,) * 65, stride=(1,) * 65),
        "100000_dimensions": dict(size=(1,) * 100_000, stride=(1,) * 100_000),
        "none_size": dict(size=None),
    }
    for what, view in views.items():
        add(f"view_{what}", tensor(**view), LOST)
    # One element that looks like many: nothing to allocate, but whoever copies it is surprised.
    add("view_expanded", tensor(size=(1 << 20, 1 << 20), stride=(0, 0)), "OK")
    # Storages: CVE-2026-24747 is a count that the record does not have.
    add("storage_count_too_large", tensor(count=5), LOST, "storage 0")
    add("storage_count_too_small", tensor(count=3, size=(1, 3), stride=(3, 1)), LOST, "storage 0")
    add("storage_count_negative", tensor(count=-1), LOST)
    add("storage_count_overflow", tensor(count=BIG), LOST)
    add("storage_count_wraps", tensor(count=(1 << 62) + 4), LOST)
    add("storage_missing", tensor(key="1"), LOST, "data/1")
    add("storage_key_leaves_folder", tensor(key="../../../etc/passwd"), LOST, "no number")
    add("storage_key_of_megabytes", tensor(key="x" * 3_000_000), LOST)
    add("storage_of_no_type", tensor(kind="NoStorage"), LOST)
    add("storage_id_is_int", call(name("torch._utils", "_rebuild_tensor_v2"), val(7), val(0), val((2, 2)), val((2, 1)),
                                  b"\x89", b"}"), LOST)
    add("storage_aliased_dtypes", tensor(), "OK")
    aliases = {"double": ("DoubleStorage", 2), "char": ("CharStorage", 16), "complex": ("ComplexDoubleStorage", 1)}
    for what, (kind, count) in aliases.items():
        extra = val("note") + tensor(kind=kind, count=count, size=(count,), stride=(1,))
        attacks.add(f"tensor/alias_{what}.pth", containers.in_zip(linear(tensor(), extra)), "OK")
        extra = val("note") + tensor(kind=kind, count=4, size=(4,), stride=(1,))
        attacks.add(f"tensor/alias_{what}_mismatch.pth", containers.in_zip(linear(tensor(), extra)),
                    "OK" if count == 4 else LOST)
    # The same through the other containers.
    for what in ("past_storage", "negative_stride", "size_overflow"):
        attacks.add(f"tensor/legacy_{what}.pth", containers.in_legacy(linear(tensor(**views[what]))), LOST)
    attacks.add("tensor/legacy_count.pth", containers.in_legacy(linear(tensor(count=5))), LOST, "storage 0")
    huge = {"0": containers.FOUR_FLOATS}
    attacks.add("tensor/legacy_cut.pth", containers.in_legacy(linear(tensor()), huge)[:-1], LOST, "cut short")
    add_quantized(add)
    add_sparse(add)
    # Calls with other arguments.
    rebuild = name("torch._utils", "_rebuild_tensor_v2")
    add("rebuild_without_arguments", call(rebuild), LOST, "arguments")
    add("rebuild_parameter_of_int", call(name("torch._utils", "_rebuild_parameter"), val(1), b"\x89", b"}"), LOST)
    deep = tensor()
    for _ in range(40):
        deep = call(name("torch._utils", "_rebuild_parameter"), deep, b"\x89", b"}")
    add("parameters_of_parameters", deep, "RESOURCE_EXHAUSTED", "deep")
    itself = name("torch._utils", "_rebuild_parameter") + b"]q\x70h\x70a\x85R"
    add("parameter_of_a_loop", itself, LOST)
    meta = name("torch._utils", "_rebuild_meta_tensor_no_storage")
    add("meta_overflow", call(meta, name("torch", "float32"), val((BIG, BIG)), val((BIG, 1)), b"\x89"), LOST)
    add("meta_negative", call(meta, name("torch", "float32"), val((-2, 2)), val((2, 1)), b"\x89"), LOST)
    from_type = name("torch._tensor", "_rebuild_from_type_v2")
    add("from_type_calls_user", call(from_type, name("attack", "run"), name("attack", "T"), b")", b"}"), "UNIMPLEMENTED")


def add_quantized(add) -> None:
    bytes_16 = bytes(16)
    affine, channel = name("torch", "per_tensor_affine"), name("torch", "per_channel_affine")

    def scales(key: str, count: int, kind: str = "DoubleStorage") -> bytes:
        return tensor(key=key, count=count, size=(count,), stride=(1,), kind=kind)

    def per_channel(n_scales: int, n_zeros: int, axis, value: float = 0.5) -> tuple[bytes, dict[str, bytes]]:
        parameters = b"(" + channel + scales(KEYS["s"], n_scales) + scales(KEYS["z"], n_zeros, "LongStorage") + val(axis) + b"t"
        return parameters, {
            "s_q": bytes_16,
            "s_s": struct.pack(f"<{n_scales}d", *[value] * n_scales),
            "s_z": bytes(8 * n_zeros),
        }

    for what, (n_scales, n_zeros, axis) in {"few_scales": (3, 4, 0), "few_zeros": (4, 3, 0), "no_scales": (0, 0, 0),
                                            "axis_past": (4, 4, 2), "axis_negative": (4, 4, -1),
                                            "axis_huge": (4, 4, BIG), "axis_text": (4, 4, "0")}.items():
        parameters, storages = per_channel(n_scales, n_zeros, axis)
        add(f"quantizer_{what}", quantized(parameters), LOST, **storages)
    for what, value in {"nan": float("nan"), "infinite": float("inf"), "zero": 0.0, "negative": -1.0}.items():
        parameters, storages = per_channel(4, 4, 0, value)
        add(f"quantizer_{what}_scales", quantized(parameters), "OK", **storages)
        add(f"quantizer_{what}_scale", quantized(b"(" + affine + val(value) + val(0) + b"t"), "OK",
            s_q=bytes_16)
    add("quantizer_zero_point_huge", quantized(b"(" + affine + val(0.1) + val(BIG) + b"t"), "OK", s_q=bytes_16)
    add("quantizer_short", quantized(b"(" + affine + val(0.1) + b"t"), LOST, s_q=bytes_16)
    add("quantizer_int", quantized(val(7)), LOST, s_q=bytes_16)
    add("quantizer_unknown", quantized(b"(" + name("attack", "quantizer") + val(0.1) + val(0) + b"t"), "UNIMPLEMENTED",
        s_q=bytes_16)
    add("quantizer_of_floats", quantized(b"(" + affine + val(0.1) + val(0) + b"t", kind="FloatStorage", count=4, size=(2, 2)),
        LOST, s_q=bytes_16)
    add("quantizer_past_storage", quantized(b"(" + affine + val(0.1) + val(0) + b"t", size=(4, 5)), LOST, s_q=bytes_16)


def add_sparse(add) -> None:
    def longs(key: str, rows: int, columns: int) -> bytes:
        return tensor(key=key, count=rows * columns, size=(rows, columns), stride=(columns, 1), kind="LongStorage")

    def line(key: str, count: int, kind: str = "LongStorage") -> bytes:
        return tensor(key=key, count=count, size=(count,), stride=(1,), kind=kind)

    values = line("0", 4, "FloatStorage")
    for what, index in {"past": 7, "huge": BIG, "negative": -1}.items():
        data = struct.pack("<8q", 0, 0, 1, index, 0, 1, 0, 1)
        add(f"sparse_index_{what}", sparse("torch.sparse_coo", longs(KEYS["i"], 2, 4), values, val((2, 2))), LOST, s_i=data)
    good = struct.pack("<8q", 0, 0, 1, 1, 0, 1, 0, 1)
    add("sparse_fewer_indices", sparse("torch.sparse_coo", longs(KEYS["i"], 2, 3), values, val((2, 2))), LOST, s_i=good[:48])
    add("sparse_size_negative", sparse("torch.sparse_coo", longs(KEYS["i"], 2, 4), values, val((2, -2))), LOST, s_i=good)
    add("sparse_size_overflow", sparse("torch.sparse_coo", longs(KEYS["i"], 2, 4), values, val((BIG, BIG))), LOST, s_i=good)
    add("sparse_claims_coalesced", sparse("torch.sparse_coo", longs(KEYS["i"], 2, 4), values, val((2, 2)), b"\x88"), LOST,
        s_i=struct.pack("<8q", 1, 1, 0, 0, 1, 0, 1, 0))
    add("sparse_float_indices", sparse("torch.sparse_coo", tensor(), values, val((2, 2))), LOST)
    for what, crow, columns in (("crow_past", (0, 2, 9), (0, 1, 0, 1)), ("crow_falls", (0, 3, 2), (0, 1, 0, 1)),
                                ("crow_negative", (-1, 2, 4), (0, 1, 0, 1)), ("column_past", (0, 2, 4), (0, 1, 0, 5)),
                                ("column_negative", (0, 2, 4), (0, -1, 0, 1))):
        add(f"sparse_csr_{what}", sparse("torch.sparse_csr", line(KEYS["r"], 3), line(KEYS["c"], 4), values, val((2, 2))), LOST,
            s_r=struct.pack("<3q", *crow), s_c=struct.pack("<4q", *columns))
    add("sparse_unknown_layout", sparse("torch.sparse_attack", longs(KEYS["i"], 2, 4), values, val((2, 2))), "UNIMPLEMENTED",
        s_i=good)
