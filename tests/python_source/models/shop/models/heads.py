import torch.nn as nn

from .. import settings
import shop.layers.norm


def make_head(kind: str, width: int = settings.WIDTH) -> nn.Module:
    if kind == 'mlp':
        return nn.Sequential(shop.layers.norm.ScaleNorm(width), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 1))
    elif kind == 'linear':
        return nn.Linear(width, 1)
    raise ValueError(f'unknown head: {kind}')
