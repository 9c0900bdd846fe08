import enum
from enum import Enum, IntEnum

import torch
from torch import nn


class Pool(str, Enum):
    MEAN = 'mean'
    MAX = 'max'
    CLS = 'cls'


class Order(IntEnum):
    PRE = 0
    POST = 1


class Merge(Enum):
    SUM = enum.auto()
    CAT = enum.auto()


class Encoder(nn.Module):
    def __init__(self, dim=8, pool='mean', order=Order.PRE, merge='CAT'):
        super().__init__()
        self.pool = Pool(pool)
        self.order = Order(order)
        self.merge = Merge[merge]
        self.norm = nn.LayerNorm(dim)
        self.attn = nn.MultiheadAttention(dim, 2, batch_first=True)
        self.out = nn.Linear(dim * (2 if self.merge is Merge.CAT else 1), 3)

    def pooled(self, x):
        if self.pool is Pool.MEAN:
            return x.mean(1)
        if self.pool == 'max':
            return x.max(1).values
        return x[:, 0]

    def forward(self, x):
        y = self.norm(x) if self.order == Order.PRE else x
        y, weights = self.attn(y, y, y)
        y = x + y
        if self.order is Order.POST:
            y = self.norm(y)
        a, b = self.pooled(y), self.pooled(x)
        joined = a + b if self.merge == Merge.SUM else torch.cat([a, b], -1)
        return self.out(joined), weights

    def extra_repr(self):
        return f'pool={self.pool.value}, order={self.order.name}, modes={[m.name for m in Pool]}'
