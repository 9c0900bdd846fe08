"""Writes what torchvision's ResNets print and give, to testdata/resnet: python make_resnets.py

Needs torchvision beside torch: see install_references.sh. Made with torchvision 0.28.0 and torch 2.13.0.
"""

import json
import os

import install_schemas  # noqa: F401: before torchvision
import torch
import torchvision
from torchvision.models import resnet

import formula

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "testdata", "resnet")
LOGITS = 20  # of each image that are kept

BUILDERS = [
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d",
    "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2",
]  # fmt: skip

# Other arguments. `told`: what can be seen in the state dict, when that is not all.
VARIANTS = [
    {"name": "resnet18_10_classes", "class": "torchvision.models.resnet18", "arguments": {"num_classes": 10}},
    {"name": "resnet50_dilated", "class": "torchvision.models.resnet50",
     "arguments": {"num_classes": 7, "replace_stride_with_dilation": [False, True, True]}},
    {"name": "resnet26_grouped", "class": "torchvision.models.resnet.ResNet",
     "arguments": {"block": "torchvision.models.resnet.Bottleneck", "layers": [2, 2, 2, 2], "num_classes": 10,
                   "groups": 2, "width_per_group": 48}},
    {"name": "resnet10_zero_init", "class": "torchvision.models.resnet.ResNet",
     "arguments": {"block": "torchvision.models.resnet.BasicBlock", "layers": [1, 1, 1, 1],
                   "zero_init_residual": True}},
    {"name": "resnet18_instance_norm", "class": "torchvision.models.resnet18",
     "arguments": {"num_classes": 10, "norm_layer": "torch.nn.InstanceNorm2d"}},
]  # fmt: skip


def named(value):
    """A class that is given by its name."""
    if not isinstance(value, str):
        return value
    module, name = value.rsplit(".", 1)
    return getattr(torch.nn if module == "torch.nn" else resnet, name)


def make(case: dict) -> torch.nn.Module:
    arguments = {key: named(value) for key, value in case["arguments"].items()}
    return getattr(resnet, case["class"].rsplit(".", 1)[1])(**arguments).eval()


def describe(case: dict) -> dict:
    model = make(case)
    formula.fill(model)
    images = torch.from_numpy(formula.uniform("images", (2, 3, 64, 64)).astype("float32"))
    with torch.no_grad():
        logits = model(images)
    state = model.state_dict()
    listing = "".join(f"{key} {list(tensor.shape)}\n" for key, tensor in state.items())
    print(case["name"], len(state), float(logits.abs().max()))
    return {
        **case,
        "keys": len(state),
        "state_dict_fnv1a_64": str(formula.fnv1a_64(listing)),
        "logits": [[round(float(x), 9) for x in row[:LOGITS]] for row in logits],
        "print": str(model),
    }


def write_files() -> None:
    """A resnet18 whose tensors are each one number, spread over the shape, whole and as a state dict: small files with
    every class and every key."""
    model = resnet.resnet18(num_classes=10).eval()
    slots = [(module, kind, name) for module in model.modules() for kind in ("_parameters", "_buffers")
             for name in getattr(module, kind)]
    numbers = torch.from_numpy(0.02 + 0.05 * formula.uniform("numbers", (len(slots),)).astype("float32"))
    for index, (module, kind, name) in enumerate(slots):
        tensor = getattr(module, kind)[name]
        if tensor is None or tensor.dim() == 0:
            continue
        spread = numbers[index : index + 1].view([1] * tensor.dim()).expand(tensor.shape)
        getattr(module, kind)[name] = torch.nn.Parameter(spread) if kind == "_parameters" else spread
    torch.save(model, os.path.join(OUT, "full_module.pth"))
    torch.save(model.state_dict(), os.path.join(OUT, "state_dict.pth"))
    with torch.no_grad():
        logits = model(torch.from_numpy(formula.uniform("images", (2, 3, 64, 64)).astype("float32")))
    with open(os.path.join(OUT, "files.json"), "w") as file:
        json.dump({"logits": [[float(x) for x in row] for row in logits]}, file, indent=1)
        file.write("\n")


def main() -> None:
    torch.set_num_threads(1)
    cases = [{"name": name, "class": f"torchvision.models.{name}", "arguments": {}} for name in BUILDERS] + VARIANTS
    described = [describe(case) for case in cases]
    for case in described:
        with open(os.path.join(OUT, case["name"] + ".txt"), "w") as file:
            file.write(case.pop("print") + "\n")
    with open(os.path.join(OUT, "expected.json"), "w") as file:
        json.dump({"torchvision": torchvision.__version__, "torch": torch.__version__, "cases": described}, file, indent=1)
        file.write("\n")
    write_files()


if __name__ == "__main__":
    main()
