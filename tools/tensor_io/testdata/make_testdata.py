"""Writes small .npy and .pt files with the real numpy.save and torch.save.

Made with numpy 2.4.6 and torch 2.13.0. Re-run: python make_testdata.py
"""

import pathlib

import numpy as np
import torch

FOLDER = pathlib.Path(__file__).parent


def save_arrays() -> None:
    counting = np.arange(6).reshape(2, 3)
    arrays = {
        "float32": np.array([[1.5, -2.25, 0.1]], dtype=np.float32),
        "fortran_float64": np.asfortranarray(counting.astype(np.float64)),
        "fortran_3d_int16": np.asfortranarray(np.arange(24, dtype=np.int16).reshape(2, 3, 4)),
        "bool": np.array([True, False, True]),
        "int64": np.array([-(2**63), 0, 2**63 - 1]),
        "uint16": np.array([0, 65535], dtype=np.uint16),
        "float16": np.array([0.5, 65504.0, np.nan], dtype=np.float16),
        "complex64": np.array([1 + 2j, -3j], dtype=np.complex64),
        "big_endian_int32": np.array([1, -2], dtype=">i4"),
        "big_endian_complex128": np.array([1 + 2j], dtype=">c16"),
        "scalar": np.array(7.0, dtype=np.float32),
        "empty": np.zeros((0, 3), dtype=np.float32),
        "text": np.array(["seven"]),
        "records": np.zeros(2, dtype=[("id", "<i4"), ("score", "<f4")]),
        "dates": np.array(["2026-11-24"], dtype="datetime64[D]"),
    }
    for name, array in arrays.items():
        np.save(FOLDER / f"{name}.npy", array)
    np.save(FOLDER / "objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with open(FOLDER / "version_2.npy", "wb") as file:
        np.lib.format.write_array(file, np.array([1, 2], dtype=np.uint8), version=(2, 0))


def save_values() -> None:
    a = torch.tensor([[1.0, 2.0]])
    b = torch.tensor([3, 4])
    values = {
        "tensor": a,
        "tuple": (a, b),
        "list": [a, b],
        "dict": {"input": a, "mask": b, "scale": 0.5, "mode": "fast", "extra": None},
        "nested": ([a, b], {"depth": (a, 1, True)}),
        "module": torch.nn.ReLU(),
    }
    for name, value in values.items():
        torch.save(value, FOLDER / f"{name}.pt")


if __name__ == "__main__":
    save_arrays()
    save_values()
