"""Archives that two readers understand differently, that grow, or whose names lead elsewhere."""

from __future__ import annotations

import struct
import warnings
import zipfile

import containers
from pickles import PROTO, STOP, call_forms, linear, tensor, val

LOST = "DATA_LOSS"
SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(24)
ATTACK = PROTO + call_forms("posix", "system", val("touch loadstone_canary"))["global"] + STOP


def replaced(data: bytes, old: bytes, new: bytes, count: int) -> bytes:
    assert data.count(old) == count, (old, data.count(old))
    return data.replace(old, new)


def patched(data: bytes, signature: bytes, offset: int, new: bytes) -> bytes:
    """`new` at `offset` of the first structure with that signature."""
    at = data.index(signature) + offset
    return data[:at] + new + data[at + len(new) :]


def add_to(attacks) -> None:
    warnings.simplefilter("ignore", UserWarning)  # zipfile's own, about names that are there twice
    model = linear(tensor())
    records = containers.zip_records(model)
    good = containers.in_zip(model)

    def add(what: str, data: bytes, code: str = LOST, *says: str) -> None:
        attacks.add(f"archive/{what}.pth", data, code, *says)

    add("fine", good, "OK")
    # Two records of one name: a scanner reads one, a loader the other.
    pairs = list(records.items())
    add("duplicate_pickle", containers.write_zip([*pairs, ("archive/data.pkl", ATTACK)]), LOST, "archive/data.pkl")
    add("duplicate_pickle_first", containers.write_zip([("archive/data.pkl", ATTACK), *pairs]), LOST, "archive/data.pkl")
    add("two_folders", containers.write_zip([*pairs, ("other/data.pkl", ATTACK)]), LOST, "two pickles")
    # The other case is another name: that record is never read.
    add("case_differs", containers.write_zip([*pairs, ("archive/DATA.PKL", ATTACK)]), "OK")
    add("backslash", containers.write_zip([*pairs, ("archive\\data.pkl", ATTACK)]), LOST)
    # Local and central headers.
    local, central, end = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
    add("local_name_differs", patched(good, local, 30, b"archive/DATA.pkl"), LOST, "local header")
    add("central_name_differs", patched(good, central, 46, b"archive/DATA.pkl"), LOST, "local header")
    add("local_size_differs", patched(good, local, 22, struct.pack("<I", 7)), LOST, "local header")
    add("local_method_differs", patched(good, local, 8, struct.pack("<H", 8)), LOST, "local header")
    add("local_crc_differs", patched(good, local, 14, b"\x01\x02\x03\x04"), LOST, "CRC")
    add("central_crc_differs", patched(good, central, 16, b"\x01\x02\x03\x04"), LOST, "CRC")
    add("encrypted", patched(patched(good, local, 6, b"\x01\x00"), central, 8, b"\x01\x00"), "UNIMPLEMENTED", "encrypted")
    wrong = bytes([good[good.index(model) + 40] ^ 1])
    at = good.index(model) + 40
    add("content_differs_from_crc", good[:at] + wrong + good[at + 1 :], LOST, "CRC")
    # Names.
    for what, path in {"dotdot": "../archive/x", "dotdot_inside": "archive/../../x", "absolute": "/etc/x",
                       "drive": "C:/x", "nul": "archive/x\0y"}.items():
        placeholder = "Q" * len(path)
        data = containers.write_zip([*pairs, (placeholder, b"x")])
        add(f"name_{what}", replaced(data, placeholder.encode(), path.encode(), 2), LOST)
    # miniz reads 512 bytes of a name: the two are one for it.
    long_name = "archive/" + "a" * 600
    add("name_past_512", containers.write_zip([*pairs, (long_name + "1", b"x"), (long_name + "2", ATTACK)]), "OK")
    add("name_of_64_kib", containers.write_zip([*pairs, ("archive/" + "n" * 65_000, b"x")]), "OK")
    add("name_not_utf8", replaced(containers.write_zip([*pairs, ("archive/zz", b"x")]), b"archive/zz", b"archive/\xff\xfe", 2),
        "OK")
    # Where records lie.
    overlap = containers.write_zip([*pairs, ("archive/x", b"1")])
    last = overlap.rindex(central)
    add("overlapping", overlap[: last + 42] + struct.pack("<I", 0) + overlap[last + 46 :], LOST)
    add("bytes_before", b"#!/bin/sh\n" + good, "INVALID_ARGUMENT")
    add("bytes_after", good + ATTACK, LOST)
    add("second_end", good + good[good.rindex(end) :], LOST)
    add("two_archives", good + containers.in_zip(ATTACK), LOST)
    add("pickle_before_directory", good[: good.index(central)] + ATTACK + good[good.index(central) :], LOST)
    add("end_record_counts_more", patched(good, end, 10, struct.pack("<H", 60_000)), LOST)
    add("end_record_offset", patched(good, end, 16, b"\xff\xff\xff\x7f"), LOST)
    add("comment", good[:-2] + struct.pack("<H", len(ATTACK)) + ATTACK, "OK")
    # Growth.
    zeros = bytes(64 << 20)
    half = bytes(32 << 20)  # what any file may inflate to
    add("bomb_pickle", containers.write_zip({**records, "archive/data.pkl": zeros}, zipfile.ZIP_DEFLATED),
        "RESOURCE_EXHAUSTED", "inflate to more than")
    add("bomb_pickle_within", containers.write_zip({**records, "archive/data.pkl": half}, zipfile.ZIP_DEFLATED), LOST)
    nested = containers.write_zip({"x": containers.write_zip({"x": zeros}, zipfile.ZIP_DEFLATED)}, zipfile.ZIP_DEFLATED)
    add("bomb_nested", containers.write_zip({**records, "archive/x": nested}, zipfile.ZIP_DEFLATED), "OK")
    add("bomb_unread_record", containers.write_zip({**records, "archive/x": zeros}, zipfile.ZIP_DEFLATED),
        "RESOURCE_EXHAUSTED", "inflate to more than")
    add("bomb_unread_record_within", containers.write_zip({**records, "archive/x": half}, zipfile.ZIP_DEFLATED), "OK")
    bomb = containers.write_zip({**records, "archive/data/0": containers.FOUR_FLOATS}, zipfile.ZIP_DEFLATED)
    start = bomb.index(b"archive/data/0")
    lying = struct.pack("<I", 0x7FFFFFFF)
    bomb = bomb[: start - 30 + 22] + lying + bomb[start - 30 + 26 :]
    start = bomb.rindex(b"archive/data/0")
    bomb = bomb[: start - 46 + 24] + lying + bomb[start - 46 + 28 :]
    add("bomb_claims_2_gib", bomb, "RESOURCE_EXHAUSTED", "archive/data/0")
    quoted = deflate_twice_the_size(records)
    add("deflate_holds_more", quoted, LOST, "archive/data/0")
    add("many_records", containers.write_zip([*pairs, *((f"archive/r{i}", b"") for i in range(20_000))]), "OK")
    # Not zip inside.
    add("7z", SEVEN_ZIP + ATTACK, "INVALID_ARGUMENT")
    add("7z_as_pickle", containers.in_zip(SEVEN_ZIP), LOST)
    add("7z_record", containers.write_zip({**records, "archive/data.7z": SEVEN_ZIP + ATTACK}), "OK")
    add("7z_before_zip", SEVEN_ZIP + good, "INVALID_ARGUMENT")
    add("lzma_record", containers.write_zip(records, zipfile.ZIP_LZMA), "UNIMPLEMENTED", "method")
    add("torchscript_beside", containers.write_zip({**records, "archive/constants.pkl": ATTACK}), "INVALID_ARGUMENT",
        "TorchScript")
    add("no_version", containers.write_zip({k: v for k, v in records.items() if "version" not in k}), LOST, "version")
    add("version_overflow", containers.write_zip({**records, "archive/version": b"9" * 100}), LOST)
    add("byteorder_unknown", containers.write_zip({**records, "archive/byteorder": b"middle"}), LOST, "byteorder")
    add("not_a_model", containers.write_zip({"a.txt": b"x"}), "INVALID_ARGUMENT")
    add_tar(attacks)
    add_safetensors(attacks)


def deflate_twice_the_size(records: dict[str, bytes]) -> bytes:
    """A record whose deflate stream goes on after the size that both headers give."""
    data = containers.write_zip({**records, "archive/data/0": containers.FOUR_FLOATS * 2}, zipfile.ZIP_DEFLATED)
    for signature, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        name = data.index(b"archive/data/0", data.index(signature) if size == 22 else data.index(b"PK\x01\x02"))
        header = name - (30 if size == 22 else 46)
        data = data[: header + size] + struct.pack("<I", 16) + data[header + size + 4 :]
    return data


def add_tar(attacks) -> None:
    good = containers.in_tar(PROTO + val({"a": 1}) + STOP)
    size_field = good.index(b"ustar") - 257 + 124

    def with_size(text: bytes) -> bytes:
        data = bytearray(good)
        data[size_field : size_field + 12] = text.ljust(12, b"\0")
        data[148:156] = b" " * 8
        data[148:156] = b"%06o\0 " % sum(data[:512])
        return bytes(data)

    for what, data in {"size_past_the_end": with_size(b"77777777777"), "size_not_octal": with_size(b"99999999999"),
                       "checksum": good[:148] + b"0000000" + good[155:], "cut": good[:540]}.items():
        attacks.add(f"archive/tar_{what}.pth", data, "UNIMPLEMENTED" if what == "size_not_octal" else LOST)
    many = containers.write_tar({f"m{i}": b"" for i in range(1100)})
    attacks.add("archive/tar_many_members.pth", many, "RESOURCE_EXHAUSTED")
    tensors = PROTO + val(1 << 40) + STOP
    attacks.add("archive/tar_tensor_count.pth", containers.in_tar(PROTO + val({"a": 1}) + STOP, tensors=tensors), LOST)
    attacks.add("archive/tar_storage_count.pth", containers.in_tar(PROTO + val({"a": 1}) + STOP, storages=tensors), LOST)


def add_safetensors(attacks) -> None:
    def add(what: str, header, data: bytes = bytes(16), code: str = LOST, *says: str, length: int | None = None) -> None:
        attacks.add(f"archive/{what}.safetensors", containers.safetensors(header, data, length), code, *says)

    def weight(**change) -> dict:
        return {"w": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16], **change}}

    add("length_huge", weight(), code="INVALID_ARGUMENT", length=1 << 62)
    add("length_past_the_end", weight(), length=1 << 20)
    add("past_the_end", weight(shape=[2, 3], data_offsets=[0, 24]))
    add("offsets_backwards", weight(data_offsets=[16, 0]))
    add("offset_negative", weight(data_offsets=[-16, 0]))
    add("offset_overflow", weight(data_offsets=[0, (1 << 64) + 16]))
    add("shape_negative", weight(shape=[-2, -2]))
    add("shape_overflow", weight(shape=[1 << 32, 1 << 32]))
    add("shape_mismatch", weight(shape=[2, 1]))
    add("dtype_unknown", weight(dtype="ATTACK"))
    add("overlap", {**weight(), "v": {"dtype": "F32", "shape": [1], "data_offsets": [12, 16]}})
    add("hole", weight(), bytes(20))
    add("duplicate_name", b'{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},'
                          b'"w":{"dtype":"I32","shape":[4],"data_offsets":[0,16]}}')  # fmt: skip
    add("nested_json", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
    add("not_utf8", b'{"\xff\xfe":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}')
