from __future__ import annotations

import typing as t

import torch
from torch import nn

from ..layers import Attention
from ..settings import FIELDS, WIDTH
from . import heads

if t.TYPE_CHECKING:
    from shop.data import Batch


class Ranker(nn.Module):
    def __init__(self, head: str = 'mlp', layers: int = 1):
        super().__init__()
        self.tables = nn.ModuleDict({name: nn.Embedding(n, WIDTH) for name, n in FIELDS.items()})
        self.layers = nn.Sequential(*(Attention(WIDTH) for _ in range(layers)))
        self.head = heads.make_head(head)

    def forward(self, batch: Batch) -> torch.Tensor:
        x = torch.stack([self.tables[name](batch[:, i]) for i, name in enumerate(FIELDS)], dim=1)
        return self.head(self.layers(x).mean(dim=1)).squeeze(-1)
