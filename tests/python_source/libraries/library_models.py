"""What of torchvision and timm is compared: each model made in Python, with its source file and inputs."""

import dataclasses
import importlib
import inspect
import os

import torch

import expression


@dataclasses.dataclass
class Made:
    model: torch.nn.Module
    entry: str  # what --arch names
    arguments: dict
    inputs: list
    builder: str = ""  # text of a file that has the entry, when the library has none


def import_torchvision():
    """A CUDA build imports on a CPU torch once these schemas are there."""
    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision

    torchvision.schemas = library
    return torchvision


def copied(value):
    if type(value) is dict:
        return {key: copied(item) for key, item in value.items()}
    return type(value)(map(copied, value)) if type(value) in (list, tuple) else value


class Torchvision:
    packages = ["torchvision"]

    def __init__(self):
        self.models = import_torchvision().models
        self.groups = {}
        for group in ("", "segmentation", "video", "optical_flow"):
            module = getattr(self.models, group) if group else self.models
            for name in self.models.list_models(module=module):
                self.groups[name] = group

    def names(self, everything):
        return list(self.groups)

    def make(self, name):
        builder = self.models.get_model_builder(name)
        arguments = {"weights": None}
        if "weights_backbone" in inspect.signature(builder).parameters:
            arguments["weights_backbone"] = None
        if name in ("googlenet", "inception_v3"):
            arguments["init_weights"] = False
        entry = f"{builder.__module__}.{builder.__name__}"
        return Made(builder(**arguments), entry, arguments, self.inputs(name))

    def inputs(self, name):
        group = self.groups[name]
        if group == "optical_flow":
            return [torch.rand(1, 3, 128, 128) * 2 - 1, torch.rand(1, 3, 128, 128) * 2 - 1]
        if group == "video":
            size = (16, 224, 224) if name.startswith("mvit") else (16, 64, 64)
            return [torch.rand(1, 3, *size)]
        return [torch.rand(1, 3, 64, 64) if group else torch.rand(1, 3, 224, 224)]


class Timm:
    """A model's function in timm mixes facts of its pretrained weights into the arguments: here the class and the
    arguments that it was given in the end are put into a file of their own. timm_models.txt has the model with the
    fewest parameters of each of timm 1.0.31's modules."""

    packages = ["timm", "torchvision"]

    def __init__(self):
        import_torchvision()
        self.timm = importlib.import_module("timm")
        self.constructed = {}  # by id: the class and arguments of each module that is made

        def remember(cls, *args, **kwargs):
            module = object.__new__(cls)
            # A constructor may take what it has used out of a dict that it was given.
            self.constructed[id(module)] = (cls, copied(args), copied(kwargs))
            return module

        torch.nn.Module.__new__ = remember

    def names(self, everything):
        if everything:
            return self.timm.list_models()
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "timm_models.txt")) as file:
            return file.read().split()

    def make(self, name):
        self.constructed.clear()
        model = self.timm.create_model(name)
        text = expression.Expressions(self.constructed).builder(model)
        namespace = {}
        exec(text, namespace)
        size = model.default_cfg.get("input_size", (3, 224, 224))
        return Made(namespace["build"](), "built.build", {}, [torch.rand(1, *size)], text)


LIBRARIES = {"torchvision": Torchvision, "timm": Timm}
