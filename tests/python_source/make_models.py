"""Runs the models of models/ in Python, for models_test: what they print, hold and give.

usage: make_models.py OUTPUT SIZES PACKED EMBEDDED

OUTPUT and SIZES have the format of tests/differential/make_module_db.py, one sample for each of CASES and SIZES;
`class_name` is what --arch names, and `skipped` says why there is no whole module. Weights are drawn from a fixed seed
and then moved, so that no bias is zero and no norm the identity. One thread. PACKED is a whole module whose archive
holds the source of its class too, EMBEDDED one in the format before PyTorch 1.6, whose pickle does.
"""

import importlib
import io
import os
import struct
import sys
import types
import warnings
import zipfile

import torch

import model_cases

FOLDER = os.path.dirname(os.path.abspath(__file__))
# What users import at the top of a file and no model calls.
ABSENT = ["torchvision", "torchvision.utils", "torchvision.datasets", "torchvision.transforms"]
FIELDS = ("sample", "skipped", "module", "inputs", "output", "print", "parameters", "buffers", "class_name",
          "constructor", "state_dict", "state_dict_keys")  # fmt: skip


def saved(value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def lines(names):
    return "".join(name + "\n" for name in names).encode()


def plain(value):
    """Subclasses of tuple and dict as what they hold."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return (list if isinstance(value, list) else tuple)(map(plain, value))
    return value


def find(entry):
    module, _, name = entry.rpartition(".")
    return getattr(importlib.import_module(module), name)


def move_weights(model):
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_(0, 0.2)
        elif name.endswith("running_var"):
            buffer.uniform_(0.6, 1.4)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.05)


def record(seed, case):
    torch.manual_seed(seed)
    model = find(case.entry)(**case.arguments)
    move_weights(model)
    model.eval()
    state_dict = model.state_dict()
    model.__dict__.update(case.attributes)
    inputs = case.inputs()
    args, kwargs = inputs if len(inputs) == 2 and isinstance(inputs[1], dict) else (inputs, {})
    fields = {
        "sample": case.name.encode(),
        "skipped": case.no_full_module.encode(),
        "module": b"" if case.no_full_module else saved(model),
        "inputs": saved((args, kwargs)),
        "print": str(model).encode(),
        "parameters": lines(name for name, _ in model.named_parameters()),
        "buffers": lines(name for name, _ in model.named_buffers()),
        "class_name": case.entry.encode(),
        "constructor": saved(((), case.arguments)),
        "state_dict": saved(state_dict),
        "state_dict_keys": lines(state_dict.keys()),
    }
    with torch.no_grad():
        fields["output"] = saved(plain(model(*args, **kwargs)))
    return fields


def write(output, strings):
    output.write(struct.pack("<I", len(strings)))
    for string in strings:
        output.write(struct.pack("<Q", len(string)))
        output.write(string)


def write_packed(path):
    torch.save(find("vae.VAE")(), path)
    source = os.path.join(FOLDER, "models", "vae.py")
    with zipfile.ZipFile(path, "a") as archive:
        archive.write(source, archive.namelist()[0].split("/")[0] + "/code/vae.py")
        archive.write(source, archive.namelist()[0].split("/")[0] + "/vae.py")


def prepare():
    """Lets the models be imported."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    sys.path.insert(0, os.path.join(FOLDER, "models"))
    for name in ABSENT:
        sys.modules[name] = types.ModuleType(name)
    for name in ("datasets", "transforms"):
        setattr(sys.modules["torchvision"], name, sys.modules[f"torchvision.{name}"])


def write_samples(path, cases, seed=None):
    with open(path, "wb") as output:
        write(output, [torch.__version__.encode()])
        for index, case in enumerate(cases):
            fields = record(index if seed is None else seed, case)
            write(output, [fields[name] for name in FIELDS])


def main(path, sizes_path, packed_path, embedded_path):
    prepare()
    write_samples(path, model_cases.CASES)
    write_samples(sizes_path, model_cases.SIZES, seed=0)
    write_packed(packed_path)
    torch.save(find("vae.VAE")(), embedded_path, _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
