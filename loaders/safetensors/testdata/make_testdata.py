"""Writes the files of this folder with the safetensors library.

Made with safetensors 0.8.0 and torch 2.13.0: python make_testdata.py
"""

import hashlib
import json
import pathlib

import safetensors.torch
import torch

FOLDER = pathlib.Path(__file__).parent


def raw_bytes(tensor):
    return bytes(tensor.contiguous().reshape(-1).view(torch.uint8).tolist()) if tensor.numel() else b""


def describe(tensors):
    return {
        name: {
            "dtype": str(tensor.dtype),
            "shape": list(tensor.shape),
            "sha256": hashlib.sha256(raw_bytes(tensor)).hexdigest(),
        }
        for name, tensor in tensors.items()
    }


def every_dtype():
    generator = torch.Generator().manual_seed(7)
    tensors = {}
    for dtype in (
        torch.uint8, torch.int8, torch.int16, torch.uint16, torch.int32, torch.uint32, torch.int64, torch.uint64,
        torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.float8_e5m2,
        torch.float8_e4m3fn, torch.float8_e5m2fnuz, torch.float8_e4m3fnuz, torch.float8_e8m0fnu,
        torch.float4_e2m1fn_x2,
    ):
        data = torch.randint(0, 256, (2, 3 * dtype.itemsize), dtype=torch.uint8, generator=generator)
        tensors[str(dtype).removeprefix("torch.")] = data.view(dtype)
    tensors["bool"] = torch.tensor([[True, False], [False, True]])
    tensors["scalar"] = torch.tensor(2.5)
    tensors["empty"] = torch.empty(0, 3)
    tensors["na\u00efve \U0001f600"] = torch.tensor([1, 2, 3])
    return tensors


def main():
    expected = {}

    def save(file, tensors, metadata=None):
        safetensors.torch.save_file(tensors, FOLDER / file, metadata)
        expected[file] = describe(tensors)

    save("dtypes.safetensors", every_dtype(), {"format": "pt", "note": "every dtype"})
    save("nothing.safetensors", {})

    model = torch.manual_seed(7) and torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    weights = model.state_dict()
    names = list(weights)
    weight_map = {}
    for i, part in enumerate((names[:3], names[3:]), start=1):
        file = f"model-{i:05}-of-00002.safetensors"
        save(file, {name: weights[name] for name in part}, {"format": "pt"})
        weight_map.update({name: file for name in part})
    total_size = sum(tensor.numel() * tensor.itemsize for tensor in weights.values())
    index = {"metadata": {"total_size": total_size}, "weight_map": weight_map}
    text = json.dumps(index, indent=2, sort_keys=True) + "\n"  # as transformers writes it
    (FOLDER / "model.safetensors.index.json").write_text(text)
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")


main()
