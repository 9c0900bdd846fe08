"""Writes the tar container of PyTorch 0.1.1 to 0.1.9, which no PyTorch writes any more."""

from __future__ import annotations

import io
import pickle
import struct
import tarfile

import torch


def contiguous_bytes(tensor: torch.Tensor) -> bytes:
    if tensor.is_quantized:
        tensor = tensor.int_repr()
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    tensor = tensor.detach().resolve_conj().resolve_neg().contiguous()
    flat = tensor.reshape(-1)
    return flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""


class TarWriter:
    """torch.save of PyTorch 0.1.1 to 0.1.9 (torch/serialization.py there), for tensors of whole storages."""

    def __init__(self) -> None:
        self.storages: list[torch.Tensor] = []
        self.tensors: list[torch.Tensor] = []

    def save(self, value) -> bytes:
        object_file = io.BytesIO()
        pickler = TarPickler(object_file, self)
        pickler.dump(value)
        members = {
            "sys_info": dumps({"protocol_version": 1000, "little_endian": True}),
            "pickle": object_file.getvalue(),
            "tensors": self.tensor_member(),
            "storages": self.storage_member(),
        }
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for name, data in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        return out.getvalue()

    def key_of(self, tensor: torch.Tensor) -> str:
        self.tensors.append(tensor)
        return str(1000 + len(self.tensors) - 1)

    def tensor_member(self) -> bytes:
        out = [dumps(len(self.tensors))]
        for index, tensor in enumerate(self.tensors):
            self.storages.append(tensor)
            out.append(dumps((1000 + index, 5000 + index, OldClass(f"torch {name_of(tensor)}Tensor"))))
            out.append(struct.pack("<q", tensor.dim()))
            out.append(struct.pack(f"<{tensor.dim()}q", *tensor.shape))
            out.append(struct.pack(f"<{tensor.dim()}q", *tensor.stride()))
            out.append(struct.pack("<q", 0))
        return b"".join(out)

    def storage_member(self) -> bytes:
        out = [dumps(len(self.storages))]
        for index, tensor in enumerate(self.storages):
            out.append(dumps((5000 + index, "cpu", OldClass(f"torch {name_of(tensor)}Storage"))))
            out.append(struct.pack("<q", tensor.numel()))
            out.append(contiguous_bytes(tensor))
        out.append(dumps([]))
        return b"".join(out)


def name_of(tensor: torch.Tensor) -> str:
    return {torch.float32: "Float", torch.int64: "Long"}[tensor.dtype]


class OldClass:
    """Pickles as the global `torch FloatTensor`, which this PyTorch writes under another name."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __reduce__(self):
        return self.text


class TarPickler(pickle._Pickler):  # noqa: SLF001  the Python one, whose globals can be overridden
    def __init__(self, file, writer: TarWriter) -> None:
        super().__init__(file, 2)
        self.writer = writer

    def persistent_id(self, value):
        if isinstance(value, torch.Tensor) and not isinstance(value, torch.nn.Parameter):
            return self.writer.key_of(value.detach().contiguous())
        if isinstance(value, type) and issubclass(value, torch.nn.Module):
            return (ClassName(value), "model.py", "class ...")
        return None

    def reducer_override(self, value):
        if isinstance(value, torch.nn.Parameter):
            # Variable.__reduce_ex__ of 0.1.9.
            return torch.nn.Parameter, (value.detach(),), (True, False, {})
        return NotImplemented


class ClassName:
    """A class inside its own persistent id, as a plain global."""

    def __init__(self, cls: type) -> None:
        self.cls = cls


def save_global(self, obj, name=None):
    if isinstance(obj, OldClass):
        module, _, name = obj.text.partition(" ")
        self.write(pickle.GLOBAL + f"{module}\n{name}\n".encode())
        self.memoize(obj)
        return
    original_save_global(self, obj, name)


original_save_global = pickle._Pickler.save_global  # noqa: SLF001


def save_class_name(self, obj) -> None:
    self.write(pickle.GLOBAL + f"{obj.cls.__module__}\n{obj.cls.__qualname__}\n".encode())


TarPickler.dispatch = dict(pickle._Pickler.dispatch)  # noqa: SLF001
TarPickler.dispatch[ClassName] = save_class_name


def dumps(value) -> bytes:
    """pickle.dumps for tuples that hold an OldClass."""
    out = io.BytesIO()
    pickler = pickle._Pickler(out, 2)  # noqa: SLF001
    pickler.dispatch = dict(pickle._Pickler.dispatch)  # noqa: SLF001
    pickler.dispatch[OldClass] = save_global
    pickler.dump(value)
    return out.getvalue()
