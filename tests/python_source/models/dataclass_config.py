from __future__ import annotations

from dataclasses import dataclass, field, asdict, replace
from typing import Any

import torch
from torch import nn


@dataclass
class LayerConfig:
    width: int
    norm: str = 'batch'
    act: str | None = 'gelu'

    @property
    def inner(self) -> int:
        return self.width * 2


@dataclass
class ModelConfig:
    inputs: int = 6
    layers: list[LayerConfig] = field(default_factory=lambda: [LayerConfig(8), LayerConfig(12, norm='layer')])
    outputs: int = 3
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        self.total = sum(layer.width for layer in self.layers)

    @classmethod
    def small(cls, **changes) -> ModelConfig:
        return replace(cls(layers=[LayerConfig(4, act=None)]), **changes)


class Layer(nn.Module):
    def __init__(self, inputs: int, config: LayerConfig):
        super().__init__()
        self.config = config
        self.fc = nn.Linear(inputs, config.inner)
        self.norm = {'batch': nn.BatchNorm1d, 'layer': nn.LayerNorm}[config.norm](config.inner)
        self.out = nn.Linear(config.inner, config.width)

    def forward(self, x):
        x = self.norm(self.fc(x))
        if (act := self.config.act) is not None:
            x = getattr(nn.functional, act)(x)
        return self.out(x)


class Configured(nn.Module):
    def __init__(self, config: ModelConfig | None = None):
        super().__init__()
        self.config = config or ModelConfig()
        inputs = self.config.inputs
        layers = []
        for layer in self.config.layers:
            layers.append(Layer(inputs, layer))
            inputs = layer.width
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(inputs, self.config.outputs)
        self.scale = len(asdict(self.config)) / self.config.total

    def forward(self, x):
        return self.head(self.layers(x)) * self.scale


def build(small: bool = False, **changes) -> Configured:
    return Configured(ModelConfig.small(**changes) if small else ModelConfig(**changes))
