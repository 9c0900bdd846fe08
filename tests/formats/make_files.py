"""Writes files of every container, protocol, dtype and layout with the real torch.save: make_files.py OUT.tar DIGITS.

OUT.tar holds the files and manifest.json: {file: {"tensors": {path: {dtype, shape, stride, storage_offset, sha256}}}}
as Python reads them back. DIGITS is the folder tests/testdata/digits; its model is saved in every container and protocol
as a whole module, a state dict and a checkpoint, under models/.
"""

from __future__ import annotations

import hashlib
import io
import json
import pathlib
import sys
import tarfile
import zipfile

import numpy
import torch
import torch.nn.utils.prune
from old_tar import TarWriter, contiguous_bytes

DTYPES = [
    torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float16, torch.float32, torch.float64,
    torch.complex32, torch.complex64, torch.complex128, torch.bool, torch.bfloat16, torch.float8_e5m2,
    torch.float8_e4m3fn, torch.float8_e5m2fnuz, torch.float8_e4m3fnuz, torch.float8_e8m0fnu, torch.uint16, torch.uint32,
    torch.uint64,
]  # fmt: skip


def of_dtype(dtype: torch.dtype, numel: int) -> torch.Tensor:
    """Every byte pattern is fine but for bool."""
    generator = torch.Generator().manual_seed(7)
    size = torch.empty(0, dtype=dtype).element_size()
    raw = torch.randint(0, 256, (numel * size,), dtype=torch.uint8, generator=generator)
    return raw % 2 == 1 if dtype == torch.bool else raw.view(dtype)


def describe(value, path: str = "") -> dict[str, dict]:
    """The tensors below value, by path."""
    if isinstance(value, torch.Tensor):
        entry = {
            "dtype": str(value.dtype).removeprefix("torch."),
            "shape": list(value.shape),
            "sha256": hashlib.sha256(contiguous_bytes(value)).hexdigest(),
        }
        if value.layout == torch.strided:
            entry["stride"] = list(value.stride())
            entry["storage_offset"] = value.storage_offset()
        return {path: entry}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    found = {}
    for key, item in items:
        found |= describe(item, f"{path}/{key}" if path else str(key))
    return found


def dtype_values() -> dict:
    return {str(dtype).removeprefix("torch."): of_dtype(dtype, 24).reshape(4, 6) for dtype in DTYPES}


def layout_values() -> dict:
    base = torch.arange(120, dtype=torch.float32).reshape(2, 3, 4, 5)
    half = base.to(torch.float16)
    complex_base = torch.complex(base, base + 0.5)
    shared = torch.arange(10, dtype=torch.int64)
    return {
        "contiguous": base,
        "transposed": base.transpose(1, 3),
        "strided": base[:, ::2, 1:, ::3],
        "channels_last": base.to(memory_format=torch.channels_last),
        "offset": base[1, 2],
        "expanded": torch.ones(1, 3).expand(1000, 3),
        "zero_dim": torch.tensor(3.5),
        "empty": torch.empty(0, 4),
        "empty_1d": torch.empty(0, dtype=torch.int64),
        "half": half,
        "parameter": torch.nn.Parameter(base.clone()),
        "parameter_no_grad": torch.nn.Parameter(base.clone(), requires_grad=False),
        "buffer": torch.nn.Buffer(base.clone()),
        "requires_grad": base.clone().requires_grad_(),
        "conj": complex_base.conj(),
        "neg": torch._neg_view(base.clone()),
        "shared": [shared, shared[2:], shared[::3], shared.view(2, 5)],
        "tied": [tied := torch.nn.Parameter(torch.ones(3)), tied],
        "with_attribute": attribute_tensor(),
    }


def attribute_tensor() -> torch.Tensor:
    tensor = torch.arange(4.0)
    tensor.note = "kept by torch.save"
    return tensor


def quantized_values() -> dict:
    base = torch.linspace(-3, 3, 24).reshape(4, 6)
    scales, zeros = torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64), torch.tensor([0, 1, 2, 3])
    return {
        "qint8": torch.quantize_per_tensor(base, 0.05, 3, torch.qint8),
        "quint8": torch.quantize_per_tensor(base, 0.05, 100, torch.quint8),
        "qint32": torch.quantize_per_tensor(base, 0.001, 0, torch.qint32),
        "per_channel": torch.quantize_per_channel(base, scales, zeros, 0, torch.qint8),
        "transposed": torch.quantize_per_tensor(base, 0.05, 3, torch.qint8).t(),
    }


def sparse_values() -> dict:
    dense = torch.zeros(6, 8)
    dense[0, 1], dense[2, 3], dense[5, 7] = 1.0, 2.0, 3.0
    return {
        "coo": dense.to_sparse(),
        "csr": dense.to_sparse_csr(),
        "csc": dense.to_sparse_csc(),
        "bsr": dense.to_sparse_bsr((2, 2)),
        "bsc": dense.to_sparse_bsc((2, 2)),
    }


class Files:
    """The files and their manifest."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}
        self.manifest: dict[str, dict] = {}

    def add(self, name: str, data: bytes, value=None) -> None:
        self.data[name] = data
        if value is not None:
            self.manifest[name] = {"tensors": describe(value)}

    def write(self, out: str) -> None:
        self.data["manifest.json"] = json.dumps(self.manifest).encode()
        with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as tar:
            for name, data in self.data.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))


def save(value, zipped: bool = True, protocol: int = 2) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=zipped, pickle_protocol=protocol)
    return buffer.getvalue()


def rezip(data: bytes, compression: int, change=lambda name, content: content) -> bytes:
    """The same records, written by Python's zipfile: without alignment, perhaps deflated or changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", compression) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return out.getvalue()


def big_endian(value: dict, item_size: int) -> bytes:
    """As a big-endian machine would have written it; every storage of `value` has elements of `item_size` bytes."""

    def swap(name: str, content: bytes) -> bytes:
        if name.endswith("/byteorder"):
            return b"big"
        if "/data/" not in name:
            return content
        return b"".join(content[i : i + item_size][::-1] for i in range(0, len(content), item_size))

    return rezip(save(value), zipfile.ZIP_STORED, swap)


def add_values(files: Files) -> None:
    values = {"dtypes": dtype_values(), "layouts": layout_values(), "quantized": quantized_values(), "sparse": sparse_values()}
    for name, value in values.items():
        for protocol in (2, 3, 4, 5):
            files.add(f"zip/{name}_protocol_{protocol}.pt", save(value, True, protocol), value)
    # The legacy stream cannot hold the types that came after it (PyTorch writes them and cannot read them back).
    typed = {str(dtype).removeprefix("torch."): values["dtypes"][str(dtype).removeprefix("torch.")] for dtype in DTYPES
             if dtype in torch.storage._dtype_to_storage_type_map()}  # noqa: SLF001  # fmt: skip
    for name, value in {**values, "dtypes": typed}.items():
        for protocol in (0, 1, 2, 3, 4, 5):
            if protocol < 2 and name != "dtypes":
                continue
            try:
                data = save(value, False, protocol)
            except Exception as error:  # noqa: BLE001  PyTorch's own limits
                print(f"legacy {name} protocol {protocol}: {error}", file=sys.stderr)
                continue
            if protocol == 0:
                continue  # persistent ids of protocol 0 are text that nothing can read back
            files.add(f"legacy/{name}_protocol_{protocol}.pt", data, value)
    whole = save(values["dtypes"])
    files.add("zip/deflated.pt", rezip(whole, zipfile.ZIP_DEFLATED), values["dtypes"])
    files.add("zip/unaligned.pt", rezip(whole, zipfile.ZIP_STORED), values["dtypes"])
    for item_size in (2, 4, 8):
        of_size = {key: tensor for key, tensor in values["dtypes"].items()
                   if tensor.element_size() == item_size and not tensor.is_complex()}  # fmt: skip
        files.add(f"zip/big_endian_{item_size}.pt", big_endian(of_size, item_size), of_size)
    complex_values = {"complex64": values["dtypes"]["complex64"]}
    files.add("zip/big_endian_complex.pt", big_endian(complex_values, 4), complex_values)


def add_models(files: Files, digits: pathlib.Path) -> None:
    sys.path.insert(0, str(digits / "python"))
    model = torch.load(digits / "full_module.pth", weights_only=False)
    optimizer = torch.optim.Adam(model.parameters())
    kinds = {
        "full_module": lambda: model,
        "state_dict": model.state_dict,
        "checkpoint": lambda: {
            "epoch": 3,
            "model_state_dict": model.state_dict(),
            "optimizer_state_dict": optimizer.state_dict(),
        },
    }
    for kind, make in kinds.items():
        for protocol in (2, 3, 4, 5):
            files.add(f"models/zip_{protocol}_{kind}.pth", save(make(), True, protocol))
        for protocol in (1, 2, 3, 4, 5):
            files.add(f"models/legacy_{protocol}_{kind}.pth", save(make(), False, protocol))
        files.add(f"models/tar_{kind}.pth", TarWriter().save(make()))


def wrapped_models() -> dict[str, tuple[torch.nn.Module, torch.Tensor]]:
    """Modules that Python changes by hooks or wraps, each with an input."""
    utils = torch.nn.utils
    spectral = utils.spectral_norm(torch.nn.Linear(6, 4))
    spectral_conv = utils.spectral_norm(torch.nn.ConvTranspose2d(3, 2, 3))
    for _ in range(3):  # training steps move u and v
        spectral(torch.randn(5, 6))
        spectral_conv(torch.randn(1, 3, 5, 5))
    pruned = torch.nn.Linear(6, 4)
    utils.prune.l1_unstructured(pruned, "weight", 0.3)
    utils.prune.random_unstructured(pruned, "weight", 0.2)
    structured = utils.prune.ln_structured(torch.nn.Conv2d(3, 4, 3), "weight", 0.5, n=2, dim=0)
    models = {
        "weight_norm": (utils.weight_norm(torch.nn.Conv1d(3, 4, 3)), torch.randn(2, 3, 9)),
        "weight_norm_dim_1": (utils.weight_norm(torch.nn.Linear(6, 4), dim=1), torch.randn(2, 6)),
        "weight_norm_whole": (utils.weight_norm(torch.nn.Linear(6, 4), dim=None), torch.randn(2, 6)),
        "spectral_norm": (spectral, torch.randn(2, 6)),
        "spectral_norm_dim_1": (spectral_conv, torch.randn(1, 3, 5, 5)),
        "pruned_twice": (pruned, torch.randn(2, 6)),
        "pruned_structured": (structured, torch.randn(1, 3, 5, 5)),
        "data_parallel": (torch.nn.DataParallel(torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.ReLU())), torch.randn(2, 6)),
    }
    models["compiled"] = (torch.compile(torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.ReLU())), torch.randn(2, 6))
    for name in ("weight_norm", "weight_norm_dim_1", "weight_norm_whole"):
        with torch.no_grad():  # so that the pickled weight is stale
            models[name][0].weight_g.mul_(1.5)
    return models


def npy(tensor: torch.Tensor) -> bytes:
    out = io.BytesIO()
    numpy.save(out, tensor.numpy())
    return out.getvalue()


def add_wrapped(files: Files) -> None:
    for name, (model, example) in wrapped_models().items():
        model.eval()
        with torch.no_grad():
            files.add(f"wrapped/{name}.npy", npy(example))
            files.add(f"wrapped/{name}.expected.npy", npy(getattr(model, "_orig_mod", model)(example)))
        files.add(f"wrapped/{name}.txt", (str(model) + "\n").encode())
        files.add(f"wrapped/{name}.pth", save(model))


def models_in_parts() -> dict[str, tuple[torch.nn.Module, torch.nn.Module, torch.Tensor]]:
    """Layers whose weights a state dict holds in parts; the same kind of layer as it is; and an input."""
    nn, utils, parametrizations, prune = torch.nn, torch.nn.utils, torch.nn.utils.parametrizations, torch.nn.utils.prune
    linear, conv, up = (lambda: nn.Linear(6, 4)), (lambda: nn.Conv1d(3, 4, 3)), (lambda: nn.ConvTranspose1d(3, 2, 3))
    row, signal = torch.randn(2, 6), torch.randn(2, 3, 9)
    return {
        "weight_norm": (utils.weight_norm(conv()), conv(), signal),
        "weight_norm_dim_1": (utils.weight_norm(up(), dim=1), up(), signal),
        "weight_norm_whole": (utils.weight_norm(linear(), dim=None), linear(), row),
        "weight_norm_parametrization": (parametrizations.weight_norm(conv()), conv(), signal),
        "weight_norm_parametrization_dim_1": (parametrizations.weight_norm(linear(), dim=1), linear(), row),
        "weight_norm_of_one_output": (parametrizations.weight_norm(nn.Linear(6, 1)), nn.Linear(6, 1), row),
        "weight_norm_of_bias": (parametrizations.weight_norm(linear(), "bias"), linear(), row),
        "spectral_norm": (utils.spectral_norm(linear()), linear(), row),
        "spectral_norm_transposed": (utils.spectral_norm(up()), up(), signal),
        "spectral_norm_parametrization": (parametrizations.spectral_norm(conv()), conv(), signal),
        "spectral_norm_parametrization_transposed": (parametrizations.spectral_norm(up()), up(), signal),
        "spectral_norm_parametrization_dim_1": (parametrizations.spectral_norm(linear(), dim=1), linear(), row),
        "pruned": (prune.l1_unstructured(linear(), "weight", 0.4), linear(), row),
    }


def add_parts(files: Files) -> None:
    for name, (layer, plain, example) in models_in_parts().items():
        # As a model around them, wrapped by DataParallel when it was saved.
        model = torch.nn.ModuleDict({"net": torch.nn.Sequential(layer, torch.nn.ReLU())})
        layer(example)  # one training step
        with torch.no_grad():
            for key, part in layer.named_parameters():
                if key.endswith(("_g", "original0")):
                    part.mul_(1.5)
        layer.eval()
        with torch.no_grad():
            files.add(f"parts/{name}.npy", npy(example))
            files.add(f"parts/{name}.expected.npy", npy(model["net"](example)))
        template = torch.nn.Sequential(plain, torch.nn.ReLU())
        files.add(f"parts/{name}.txt", (str(template) + "\n").encode())
        files.add(f"parts/{name}.template", save(template))
        files.add(f"parts/{name}.pth", save(torch.nn.DataParallel(model["net"]).state_dict()))


class Scripted(torch.nn.Module):
    """Control flow, and an error of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.net = torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.BatchNorm1d(4), torch.nn.Dropout(0.5))

    def forward(self, x: torch.Tensor, times: int = 2) -> torch.Tensor:
        assert x.shape[-1] == 6, "needs six features"
        for _ in range(times):
            x = x + self.net(x).sum()
        return self.net(x)


def add_torchscript(files: Files) -> None:
    example = torch.randn(3, 6)
    models = {
        "scripted": torch.jit.script(Scripted()),  # saved in training mode
        "traced": torch.jit.trace(torch.nn.Sequential(torch.nn.Linear(6, 4), torch.nn.Tanh()).eval(), example),
    }
    for name, model in models.items():
        out = io.BytesIO()
        torch.jit.save(model, out)
        loaded = torch.jit.load(io.BytesIO(out.getvalue())).eval()
        with torch.no_grad():
            files.add(f"torchscript/{name}.npy", npy(example))
            files.add(f"torchscript/{name}.expected.npy", npy(loaded(example)))
        files.add(f"torchscript/{name}.txt", (str(loaded) + "\n").encode())
        files.add(f"torchscript/{name}.pth", out.getvalue())


def add_prefixed(files: Files, digits: pathlib.Path) -> None:
    """The digits weights as wrappers and older releases leave them."""
    weights = torch.load(digits / "state_dict.pth")
    for name, prefix in {"data_parallel": "module.", "compiled": "_orig_mod.module.", "lightning": "model."}.items():
        files.add(f"models/prefix_{name}.pth", save({prefix + key: value for key, value in weights.items()}))
    old = {key: value for key, value in weights.items() if not key.endswith("num_batches_tracked")}
    files.add("models/without_num_batches_tracked.pth", save(old))


def main() -> None:
    torch.manual_seed(0)
    files = Files()
    add_values(files)
    add_models(files, pathlib.Path(sys.argv[2]))
    add_prefixed(files, pathlib.Path(sys.argv[2]))
    add_wrapped(files)
    add_parts(files)
    add_torchscript(files)
    files.write(sys.argv[1])


if __name__ == "__main__":
    main()
