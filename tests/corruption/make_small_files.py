"""Writes a small file of every container with the real torch.save and safetensors: make_small_files.py OUT.tar."""

from __future__ import annotations

import io
import json
import pathlib
import sys

import torch

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "attacks"), str(TESTS / "formats")]
import containers  # noqa: E402
import old_tar  # noqa: E402


def save(value, zipped: bool = True, protocol: int = 2) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=zipped, pickle_protocol=protocol)
    return buffer.getvalue()


def main() -> None:
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.ReLU())
    files = {}
    for container, zipped in (("zip", True), ("legacy", False)):
        for protocol in (2, 4):
            files[f"{container}{protocol}_module.pth"] = save(model, zipped, protocol)
        files[f"{container}_state_dict.pth"] = save(model.state_dict(), zipped)
        values = {
            "quantized": torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 2, torch.qint8),
            "sparse": torch.eye(3).to_sparse(),
            "csr": torch.eye(3).to_sparse_csr(),
            "view": torch.arange(12).reshape(3, 4).t()[1:],
        }
        files[f"{container}_tensors.pth"] = save(values, zipped)
    files["tar_module.pth"] = old_tar.TarWriter().save(torch.nn.Linear(2, 2))
    files["tar_state_dict.pth"] = old_tar.TarWriter().save(torch.nn.Linear(2, 2).state_dict())
    header = {
        "__metadata__": {"format": "pt"},
        "weight": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "bias": {"dtype": "F32", "shape": [2], "data_offsets": [16, 24]},
    }
    files["linear.safetensors"] = containers.safetensors(header, containers.FOUR_FLOATS + bytes(8))
    index = {"metadata": {"total_size": 24}, "weight_map": {}}
    for shard, (name, data) in enumerate({"weight": containers.FOUR_FLOATS, "bias": bytes(8)}.items(), start=1):
        file = f"{shard}-of-2.safetensors"
        entry = header[name] | {"data_offsets": [0, len(data)]}
        files[f"sharded/{file}"] = containers.safetensors({name: entry}, data)
        index["weight_map"][name] = file
    files["sharded/model.safetensors.index.json"] = json.dumps(index).encode()
    pathlib.Path(sys.argv[1]).write_bytes(containers.write_tar(files))


if __name__ == "__main__":
    main()
