"""Writes a model of class shop.models.Ranker in every form, and what Python makes of it: python make_ranker.py FOLDER

The class is the one that plugins/dynamic/example/ranker.cc has in C++.
"""

import os
import sys
import types

import numpy
import torch
from torch import nn

OUT = sys.argv[1]


class Ranker(nn.Module):
    def __init__(self, features, hidden=8, bias=True):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(features))
        self.hidden = nn.Linear(features, hidden, bias=bias)
        self.score = nn.Linear(hidden, 1)

    def extra_repr(self):
        return f"features={self.scale.numel()}"

    def forward(self, x):
        return self.score(torch.tanh(self.hidden(x * self.scale))).squeeze(-1)


class Scale(nn.Module):
    pass


shop = types.ModuleType("shop")
shop.models = types.ModuleType("shop.models")
sys.modules.update({"shop": shop, "shop.models": shop.models})
for cls in (Ranker, Scale):
    cls.__module__ = "shop.models"
    setattr(shop.models, cls.__name__, cls)

torch.manual_seed(7)
model = Ranker(3, hidden=4).eval()
with torch.no_grad():
    model.scale.copy_(torch.tensor([0.5, 1.0, 2.0]))
torch.save(model, os.path.join(OUT, "ranker_full_module.pth"))
torch.save(model.state_dict(), os.path.join(OUT, "ranker_state_dict.pth"))
torch.save(Scale(), os.path.join(OUT, "scale.pth"))
with open(os.path.join(OUT, "ranker.weights"), "w", encoding="utf-8") as file:
    file.write("shop weights 1\n")
    for name, tensor in model.state_dict().items():
        values = " ".join(repr(value) for value in tensor.flatten().tolist())
        file.write(f"{name} {' '.join(map(str, tensor.shape))} : {values}\n")
with open(os.path.join(OUT, "ranker_print.txt"), "w", encoding="utf-8") as file:
    print(model, file=file)
inputs = torch.randn(5, 3)
numpy.save(os.path.join(OUT, "ranker_input.npy"), inputs.numpy())
numpy.save(os.path.join(OUT, "ranker_output.npy"), model(inputs).detach().numpy())
