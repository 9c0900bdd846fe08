"""The containers of torch.save, with room for what torch.save would not write."""

from __future__ import annotations

import io
import json
import pickle
import struct
import tarfile
import zipfile

FOUR_FLOATS = struct.pack("<4f", 1, 2, 3, 4)
MAGIC = 0x1950A86A20F9469CFC6C
SYS_INFO = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}


def zip_records(pickled: bytes, storages: dict[str, bytes] | None = None) -> dict[str, bytes]:
    storages = {"0": FOUR_FLOATS} if storages is None else storages
    return {
        "archive/data.pkl": pickled,
        "archive/byteorder": b"little",
        **{f"archive/data/{key}": data for key, data in storages.items()},
        "archive/version": b"3\n",
    }


def write_zip(records, compression: int = zipfile.ZIP_STORED) -> bytes:
    """`records`: a dict, or pairs where names repeat."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as target:
        for name, data in records.items() if isinstance(records, dict) else records:
            target.writestr(zipfile.ZipInfo(name), data, compression)
    return out.getvalue()


def in_zip(pickled: bytes, storages: dict[str, bytes] | None = None) -> bytes:
    return write_zip(zip_records(pickled, storages))


def in_legacy(pickled: bytes, storages: dict[str, bytes] | None = None, **parts: bytes) -> bytes:
    """`parts` takes the place of the pickles `magic`, `protocol`, `sys_info` and `keys`."""
    storages = {"0": FOUR_FLOATS} if storages is None else storages
    head = {
        "magic": pickle.dumps(MAGIC, 2),
        "protocol": pickle.dumps(1001, 2),
        "sys_info": pickle.dumps(SYS_INFO, 2),
        "keys": pickle.dumps(list(storages), 2),
    } | parts
    body = b"".join(struct.pack("<q", len(data) // 4) + data for data in storages.values())
    return head["magic"] + head["protocol"] + head["sys_info"] + pickled + head["keys"] + body


def in_tar(pickled: bytes, **members: bytes) -> bytes:
    """As PyTorch before 0.1.10 wrote; `members` takes the place of `sys_info`, `tensors` and `storages`."""
    files = {
        "sys_info": pickle.dumps({"protocol_version": 1000, "little_endian": True}, 2),
        "pickle": pickled,
        "tensors": pickle.dumps(0, 2),
        "storages": pickle.dumps(0, 2) + pickle.dumps([], 2),
    } | members
    return write_tar(files)


def write_tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return out.getvalue()


def safetensors(header, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data
